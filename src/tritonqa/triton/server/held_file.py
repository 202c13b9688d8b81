"""A file that is locked for as long as the process that made it, or one that inherited it, lives."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import fcntl


class HeldFile:
    """A small file of JSON, readable by this user alone, that is empty until it is written."""

    def __init__(self, path: Path) -> None:
        """Make and lock it; raises OSError, FileExistsError for one that is there."""
        self.path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if sys.platform != "win32":
            with suppress(OSError):  # a file system without locks: is_held then says so of every file
                fcntl.flock(self._handle, fcntl.LOCK_EX)

    def fileno(self) -> int:
        """Return what a process must inherit to hold the file too."""
        return self._handle

    def write(self, record: dict[str, Any]) -> None:
        """Write what it is to say, once."""
        os.write(self._handle, json.dumps(record).encode())

    def remove(self) -> None:
        """Remove it, and hold it no more."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        self.path.unlink(missing_ok=True)


def is_held(path: Path) -> bool:
    """Say whether the file is locked, or may be: where locks can't be asked for, all are taken to be."""
    if sys.platform == "win32":
        return True
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:  # someone else removed it just now
        return False
    except OSError:
        return True
    return False
