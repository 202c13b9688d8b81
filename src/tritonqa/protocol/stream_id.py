"""The ids of requests that belong to one stream: a name drawn at random, a dot, a number."""

from __future__ import annotations

import re
import secrets

_BYTES = 8
_STREAM = re.compile(rf"([0-9a-f]{{{2 * _BYTES}}})\.")


def new_stream() -> str:
    """Draw the name of a stream at random, so that nobody else can cancel it."""
    return secrets.token_hex(_BYTES)


def request_id(stream: str, number: int) -> str:
    """Write the id of a stream's request."""
    return f"{stream}.{number}"


def stream_of(request: str) -> str:
    """Read the stream that a request came on off its id; "" for one that came alone."""
    found = _STREAM.match(request)
    return found[1] if found else ""
