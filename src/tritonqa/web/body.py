"""A request's body → a JSON object of bounded depth."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from starlette.requests import Request

from tritonqa.errors import InputError
from tritonqa.web.refusal import Refusal


async def read_json(request: Request, nesting: int, known: frozenset[str]) -> dict[str, Any]:
    """Read an object with no other keys than those known.

    Raises Refusal 415 for another type, 400 for what is no JSON object; InputError for another key.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise Refusal(415, "the body must be JSON; send it with Content-Type: application/json")
    record = parse_json(await request.body(), nesting)
    if not isinstance(record, dict):
        raise Refusal(400, f"the body must be a JSON object, not {_NAMES[type(record)]}")
    if unknown := sorted(record.keys() - known):
        raise InputError(
            f"{unknown[0]!r:.80} is unknown; known are {', '.join(sorted(known))}", unknown[0][:80]
        )
    return record


def parse_json(data: bytes, nesting: int) -> Any:
    """Parse JSON as its standard has it: no NaN, no Infinity, nested this deep at most; raises Refusal."""
    try:
        record = json.loads(data, parse_constant=_constant, parse_float=_float)
    except RecursionError as error:
        raise Refusal(400, f"the body is nested deeper than {nesting} levels") from error
    except ValueError as error:
        raise Refusal(400, f"the body is not JSON: {error}") from error
    level, values = 0, [record]
    while values := [inner for value in values for inner in _inner(value)]:
        level += 1
        if level > nesting:
            raise Refusal(400, f"the body is nested deeper than {nesting} levels")
    return record


_EXACT = 2.0**53  # from here on floats leave out whole numbers
_NAMES = {list: "an array", str: "a string", int: "a number", float: "a number", bool: "a boolean"} | {
    type(None): "null"
}


def _inner(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _float(text: str) -> float:
    """Read a number with a point; to JSON 2.0 is as whole as 2."""
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text:.20} is too large a number")
    return int(value) if value.is_integer() and abs(value) < _EXACT else value
