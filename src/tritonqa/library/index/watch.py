"""Folders that change → moments at which to look at them again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from tritonqa.errors import MissingExtra

_QUIET = 500  # milliseconds without a change after which a burst of them counts as over
_MOST = 2_000  # milliseconds after which one that goes on is looked at all the same


def changes(roots: Sequence[Path], leave_out: Path | None, stop: threading.Event) -> Iterator[None]:
    """Yield once the roots are watched, and after each burst of changes, until stop is set.

    What changes while the first is answered is not missed. Raises MissingExtra.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise MissingExtra("watchfiles", "library") from error

    def counts(change: object, path: str) -> bool:
        return leave_out is None or not Path(path).is_relative_to(leave_out)

    folders = {root if root.is_dir() else root.parent for root in roots}
    first = True
    for changed in watch(
        *folders,
        watch_filter=counts,
        debounce=_MOST,
        step=_QUIET,
        stop_event=stop,
        rust_timeout=_QUIET,
        yield_on_timeout=True,
        raise_interrupt=True,
    ):
        if changed or first:
            yield
        first = False
