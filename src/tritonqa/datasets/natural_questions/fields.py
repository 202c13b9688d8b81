"""Fields of a parsed JSON object → checked values; every error names the field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from tritonqa.datasets.natural_questions.page import YES_NO, PageSpan
from tritonqa.errors import InputError

_DIGITS = 40  # twice those of any page's number
OFFSETS = ("start_token", "end_token", "start_byte", "end_byte")


def require_keys(record: Any, needed: Collection[str], known: Collection[str], where: str = "") -> None:
    """Raise InputError where a key is missing, or one is there that is neither needed nor known."""
    if not isinstance(record, dict):
        raise InputError(f"field {where or 'record'} must be an object, not {type(record).__name__}")
    for name in needed:
        if name not in record:
            raise InputError(f"field {_inside(where, name)} is missing")
    for name in record:
        if name not in needed and name not in known:
            raise InputError(f"field {_inside(where, name)} is not one of the format's; remove it")


def whole(record: dict[str, Any], name: str, where: str = "", default: int | None = None) -> int:
    """Return a whole number, or the default where the field is missing and has one."""
    value = record.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"field {_inside(where, name)} must be a whole number, not {value!r:.40}")
    return value


def text(record: dict[str, Any], name: str, where: str = "") -> str:
    """Return text that can be encoded."""
    value = record.get(name)
    if not isinstance(value, str):
        raise InputError(f"field {_inside(where, name)} must be text, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        at = error.start
        raise InputError(f"field {_inside(where, name)} holds a lone surrogate at character {at}") from error
    return value


def items(record: dict[str, Any], name: str, where: str = "") -> list[Any]:
    """Return a list."""
    value = record.get(name)
    if not isinstance(value, list):
        raise InputError(f"field {_inside(where, name)} must be a list, not {type(value).__name__}")
    return value


def example_id(record: dict[str, Any]) -> int:
    """Return the page's number, which some files write as text."""
    value = record.get("example_id")
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) <= _DIGITS:
        return int(value)
    return whole(record, "example_id")


def flag(record: dict[str, Any], name: str, where: str) -> bool:
    """Return true or false."""
    value = record[name]
    if not isinstance(value, bool):
        raise InputError(f"field {_inside(where, name)} must be true or false, not {value!r:.40}")
    return value


def yes_no(record: dict[str, Any], where: str = "") -> str:
    """Return NONE, YES or NO; NONE where the field is missing."""
    value = record.get("yes_no_answer", "NONE")
    if not isinstance(value, str) or value.upper() not in YES_NO:
        field = _inside(where, "yes_no_answer")
        raise InputError(f"field {field} must be NONE, YES or NO, not {value!r:.40}")
    return value.upper()


def span(record: Any, where: str, length: int | None = None) -> PageSpan:
    """Return a span whose pairs are whole; raises InputError also for one beyond a page of length tokens.

    A pair, of tokens or of bytes, has both numbers and its end behind its start, or neither: -1.
    """
    if not isinstance(record, dict):
        raise InputError(f"field {where} must be an object, not {type(record).__name__}")
    found = PageSpan(*(whole(record, name, where, -1) for name in OFFSETS))
    for kind, start, end in (
        ("token", found.start_token, found.end_token),
        ("byte", found.start_byte, found.end_byte),
    ):
        if (start < 0) != (end < 0) or (start >= end and start >= 0):
            raise InputError(f"field {where}.end_{kind} {end} does not go with start_{kind} {start}")
    if length is not None and found.end_token > length:
        raise InputError(f"field {where}.end_token {found.end_token} is beyond the page's {length} tokens")
    return found


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
