"""A file of JSON lines → asks."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritonqa.datasets.files import parsed
from tritonqa.errors import InputError
from tritonqa.spans import Decoding
from tritonqa.text import Ask

STDIN = Path("-")
_READ = ("question", "passages", "context", "options")


@dataclass(frozen=True, slots=True)
class Line:
    """An ask of a batch: the number of its line, options of its own, and what its answer takes along."""

    number: int
    ask: Ask
    options: dict[str, Any]
    carried: dict[str, Any]


def asks(path: Path) -> Iterator[Line]:
    """Give the ask of each line; blank lines are passed over.

    Keys other than question, passages, context and options are carried along.

    Raises InputError that names the line and the field.
    """
    number = 0
    try:
        with _opened(path) as lines:
            for line in lines:
                number += 1
                if line.strip():
                    yield Line(number, *_read(f"batch {path}, line {number}", line))
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"batch {path} can't be read: {reason}; give a file of JSON lines") from error


def count(path: Path) -> int | None:
    """Count the lines of a file; None for what can be read only once, or not at all."""
    if not path.is_file() or path.suffix == ".gz":
        return None
    try:
        with path.open("rb") as lines:
            return sum(1 for _ in lines)
    except OSError:  # asks() says why
        return None


def _opened(path: Path) -> Any:
    if path != STDIN:
        return gzip.open(path) if path.suffix == ".gz" else path.open("rb")
    if sys.stdin is None:
        raise InputError("stdin is closed; give a file of JSON lines")
    return nullcontext(sys.stdin.buffer)


def _read(place: str, line: bytes) -> tuple[Ask, dict[str, Any], dict[str, Any]]:
    try:
        row = parsed(line)
    except InputError as error:
        raise InputError(f"{place} {error}") from error
    try:
        return _ask(row)
    except InputError as error:
        raise InputError(f"{place}: {error}") from error


def _ask(row: Any) -> tuple[Ask, dict[str, Any], dict[str, Any]]:
    if not isinstance(row, dict):
        raise InputError(f'need an object with "question" and "passages", not {type(row).__name__}')
    if "question" not in row:
        raise InputError('field "question" is missing')
    if "passages" not in row and "context" not in row:
        raise InputError('field "passages" is missing')
    options = row.get("options", {})
    if not isinstance(options, dict):
        raise InputError(f'field "options" must be an object, not {type(options).__name__}', "options")
    Decoding().changed(**options)
    carried = {key: value for key, value in row.items() if key not in _READ}
    return Ask.of(row["question"], row["passages"] if "passages" in row else row["context"]), options, carried
