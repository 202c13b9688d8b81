"""A file of JSON lines → asks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tritonqa.errors import InputError
from tritonqa.text import Ask

STDIN = Path("-")


def asks(path: Path) -> Iterator[tuple[int, Ask]]:
    """Give each ask with the number of its line; blank lines are passed over.

    Raises InputError that names the line and the field.
    """
    number = 0
    try:
        with _opened(path) as lines:
            for line in lines:
                number += 1
                if line.strip():
                    yield number, _ask(json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8")))
    except OSError as error:
        raise InputError(
            f"batch {path} can't be read: {error.strerror}; give a file of JSON lines"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"batch {path}, line {number} is not UTF-8; encode the file as UTF-8") from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"batch {path}, line {number} is not JSON: {error.msg}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise InputError(f"batch {path}, line {number} is nested too deep") from error
    except InputError as error:
        raise InputError(f"batch {path}, line {number}: {error}") from error


def count(path: Path) -> int | None:
    """Count the lines of a file; None for what can be read only once."""
    if not path.is_file():
        return None
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def _opened(path: Path) -> Any:
    if path != STDIN:
        return path.open("rb")
    if sys.stdin is None:
        raise InputError("stdin is closed; give a file of JSON lines")
    return nullcontext(sys.stdin.buffer)


def _ask(row: Any) -> Ask:
    if not isinstance(row, dict):
        raise InputError(f'need an object with "question" and "passages", not {type(row).__name__}')
    if "question" not in row:
        raise InputError('field "question" is missing')
    if "passages" not in row and "context" not in row:
        raise InputError('field "passages" is missing')
    return Ask.of(row["question"], row["passages"] if "passages" in row else row["context"])
