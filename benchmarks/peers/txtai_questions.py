"""txtai's Questions, where txtai's users went when the pipeline was removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from txtai.pipeline import Questions

AT_ONCE = 1


@contextmanager
def load(checkpoint: Path, folder: Path) -> Iterator[Callable[[str, str], str]]:
    """Load it."""
    reader = Questions(str(checkpoint), gpu=False)
    yield lambda question, context: reader([question], [context])[0] or ""
