"""A small disk that can be filled, which only root may make."""

from __future__ import annotations

import errno
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SIZE = "512m"
_FILLER = "filler"


@contextmanager
def small_disk() -> Iterator[Path]:
    """Make a folder that is a disk of its own; an ordinary one where that is not allowed."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "soak", folder]
        with suppress(OSError):
            subprocess.run(mount, check=False, capture_output=True)
        try:
            yield Path(folder)
        finally:
            if Path(folder).is_mount():
                subprocess.run(["umount", folder], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Leave no byte on a small disk meanwhile; raises PermissionError for one that is none."""
    if not folder.is_mount():
        raise PermissionError("needs root, to mount a disk")
    filler = folder / _FILLER
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 20))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
    try:
        yield
    finally:
        filler.unlink()
