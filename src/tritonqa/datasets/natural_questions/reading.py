"""How far files are read → how many pages they may hold, which nothing in them says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class Reading:
    """What read_pages tells of files, some of them pipes perhaps."""

    def __init__(self, files: Iterable[Path]) -> None:
        """Take files that may be missing: whoever reads them says so."""
        self._whole = sum(path.stat().st_size for path in files if path.is_file())
        self._read: dict[Path, int] = {}

    def __call__(self, path: Path, read: int) -> None:
        """Note how many bytes of a file are read."""
        self._read[path] = read

    def pages(self, done: int) -> int | None:
        """Return how many pages there are if the rest is like those done; None where that is unknown."""
        read = sum(self._read.values())
        return max(done, round(done * self._whole / read)) if read else None
