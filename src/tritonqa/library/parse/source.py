"""Path → the bytes of a file, read once."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tritonqa.errors import DocumentError
from tritonqa.library.parse.options import ParseOptions

DENIED = "can't be read:"
"""Begins what is said of a file that can't be opened now."""

_OTHER = (
    (stat.S_ISDIR, "is a folder, not a file"),
    (stat.S_ISFIFO, "is a pipe, not a file"),
    (stat.S_ISSOCK, "is a socket, not a file"),
    (stat.S_ISCHR, "is a device, not a file"),
    (stat.S_ISBLK, "is a device, not a file"),
)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's bytes, with its path for its names; alive() is told when a long document goes on."""

    path: Path
    data: bytes
    alive: Callable[[], None] = lambda: None

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes."""
        return sha256(self.data).hexdigest()


def read_source(path: Path, options: ParseOptions) -> Source:
    """Read a regular file whole.

    Raises DocumentError for what is no file, can't be opened, is too large, or changes while it is read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _NONBLOCK)
    except OSError as error:
        raise DocumentError(_why(error)) from error
    try:
        before = os.fstat(descriptor)
        _check(before, options)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            data = stream.read(before.st_size + 1)
        after = os.fstat(descriptor)
    except OSError as error:
        raise DocumentError(_why(error)) from error
    finally:
        os.close(descriptor)
    if len(data) != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise DocumentError("changed while it was read; index it again when it is written")
    return Source(path, data)


def _check(status: os.stat_result, options: ParseOptions) -> None:
    """Raise DocumentError for what is no regular file or too large."""
    for holds, reason in _OTHER:
        if holds(status.st_mode):
            raise DocumentError(reason)
    if status.st_size > options.file_megabytes << 20:
        raise DocumentError(
            f"has {status.st_size >> 20} MB, more than the limit of {options.file_megabytes}; "
            "raise the limit or split the file"
        )


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    if isinstance(error, PermissionError):
        return f"{DENIED} permission denied; let this user read it"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    return f"{DENIED} {(error.strerror or str(error)).lower()}"
