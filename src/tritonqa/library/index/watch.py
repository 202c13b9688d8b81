"""Folders that change → moments at which to look at them again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from os.path import realpath
from pathlib import Path

from tritonqa.errors import InputError, MissingExtra

_QUIET = 500  # milliseconds without a change after which a burst of them counts as over
_MOST = 2_000  # milliseconds after which one that goes on is looked at all the same


def changes(
    roots: Sequence[Path],
    leave_out: Path | None,
    stop: threading.Event,
    due: Callable[[], bool] = lambda: False,
) -> Iterator[None]:
    """Yield once the roots are watched, and after each burst of changes, until stop is set.

    What changes while the first is answered is not missed. Also without changes, half a second later, while
    something is due. Raises MissingExtra, InputError where the system does not let the roots be watched.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise MissingExtra("watchfiles", "library") from error

    own = None if leave_out is None else realpath(leave_out)
    places = {*roots, *(Path(realpath(root)) for root in roots)}

    def counts(change: object, path: str) -> bool:
        if own is not None and Path(realpath(path)).is_relative_to(own):
            return False
        return any(Path(path).is_relative_to(place) for place in places)

    folders = {root if root.is_dir() else root.parent for root in roots}
    first = True
    try:
        for changed in watch(
            *folders,
            watch_filter=counts,
            debounce=_MOST,
            step=_QUIET,
            stop_event=stop,
            rust_timeout=_QUIET,
            yield_on_timeout=True,
            raise_interrupt=True,
            ignore_permission_denied=True,
        ):
            if changed or first or due():
                yield
            first = False
    except (OSError, RuntimeError) as error:  # a drive is away, or these are more folders than may be watched
        shown = ", ".join(sorted(map(str, folders)))
        raise InputError(f"{shown} can't be watched: {error}; index without --watch", "paths") from error
