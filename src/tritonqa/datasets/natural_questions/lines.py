"""File of JSON lines → its objects, one at a time, however large the file."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

from tritonqa.datasets.files import parsed
from tritonqa.errors import InputError

Skip: TypeAlias = Callable[[InputError], None]
"""Told what is wrong with a line that is left out."""

Read: TypeAlias = Callable[[Path, int], None]
"""Told how many bytes of a file have been read, packed ones as they lie."""

MAX_LINE = 32 << 20  # bytes: several times the longest page, and a bound on memory
_GZIP = b"\x1f\x8b"


def read_lines(
    path: Path, skip: Skip | None = None, read: Read | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give each object with the number of its line; blank lines are passed over.

    Raises InputError that names file and line; with skip, it is told instead and the rest goes on. read is
    told of each object, but not of a pipe's.
    """
    try:
        with path.open("rb") as file:
            packed = file.peek(2).startswith(_GZIP)  # a pipe can't be read twice
            for found in _objects(path, gzip.open(file) if packed else file, skip):
                if read is not None and file.seekable():
                    read(path, file.tell())
                yield found
    except OSError as error:
        raise InputError(
            f"{path} can't be read: {error.strerror or error}; give JSON lines, also .gz"
        ) from error


def _objects(path: Path, stream: Any, skip: Skip | None) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _numbered(path, cast(BinaryIO, stream), skip):
        if not line.strip():
            continue
        try:
            yield number, _object(path, number, line)
        except InputError as error:
            if skip is None:
                raise
            skip(error)


def _numbered(path: Path, stream: BinaryIO, skip: Skip | None) -> Iterator[tuple[int, bytes]]:
    """Give lines of at most MAX_LINE bytes; a longer one is read past piece by piece."""
    number = 0
    try:
        while line := stream.readline(MAX_LINE):
            number += 1
            if len(line) < MAX_LINE or line.endswith(b"\n"):
                yield number, line
                continue
            error = InputError(f"{path}, line {number} is longer than {MAX_LINE >> 20} MB, as no page is")
            if skip is None:
                raise error
            skip(error)
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        damaged = InputError(
            f"{path} is damaged or cut short behind line {number} ({error}); get the file again"
        )
        if skip is None:
            raise damaged from error
        skip(damaged)


def _object(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        record = parsed(line)
        if not isinstance(record, dict):
            raise InputError(f"must be an object, not {type(record).__name__}")
    except InputError as error:
        format = "; give JSON lines, a page a line, also .gz" if number == 1 else ""
        raise InputError(f"{path}, line {number} {error}{format}") from error
    return record
