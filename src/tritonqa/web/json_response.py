"""A record → a response of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response


def json_response(record: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a record as JSON in UTF-8."""
    return Response(encoded(record), status, headers, "application/json")


def encoded(record: Any) -> bytes:
    r"""Write JSON; what UTF-8 can't carry, half a surrogate pair in a file's name, as \udc80."""
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return json.dumps(record, allow_nan=False).encode()
