"""Paths ↔ what is kept of them: relative where a file lies beside the library, so that both can be moved."""

from __future__ import annotations

import os
from pathlib import Path


class Paths:
    """The paths of a library's files, seen from the folder that the library lies in."""

    def __init__(self, folder: Path) -> None:
        """Take the library's own folder."""
        self._root = Path(os.path.abspath(folder)).parent

    def keep(self, path: Path) -> bytes:
        """Return what is kept of an absolute path: any bytes a name can have."""
        inside = path.relative_to(self._root) if path.is_relative_to(self._root) else path
        return os.fsencode(inside.as_posix() if os.name == "nt" else inside)

    def back(self, kept: bytes) -> Path:
        """Return the absolute path."""
        return self._root / os.fsdecode(kept)
