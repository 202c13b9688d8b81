"""A folder of any name → a path that every part of a server takes."""

from __future__ import annotations

import os
import re
from pathlib import Path

# What a shell reads as one word, ASCII, and none of the colons that lists of folders are parted by.
_PLAIN = re.compile(r"[\w@%+=,./-]+", re.ASCII)


class PlainName:
    """The folder's own path where that is plain; else that of a handle, for a process that inherits it.

    The python backend writes its paths into a shell's command without quotes, the loader parts folders at
    colons, and the Python in it takes no letter outside ASCII. Use it in a with block: the process that is
    started there keeps the handle for as long as it lives.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder; raises OSError for one that can't be opened."""
        self._folder = folder
        self._handle = None if _PLAIN.fullmatch(str(folder)) else os.open(folder, os.O_RDONLY)
        self.path = folder if self._handle is None else Path(f"/proc/self/fd/{self._handle}")

    @property
    def handles(self) -> tuple[int, ...]:
        """What the process must inherit."""
        return () if self._handle is None else (self._handle,)

    def shown(self, line: str) -> str:
        """Write the folder as it is named, in a line where the process names it."""
        return (
            line
            if self.path is self._folder
            else re.sub(rf"{self.path}\b", lambda _: str(self._folder), line)
        )

    def __enter__(self) -> PlainName:
        """Start a process in the block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the handle to the process."""
        if self._handle is not None:
            os.close(self._handle)
