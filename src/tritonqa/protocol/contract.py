"""The names that client and server agree on."""

from __future__ import annotations

import re

MODEL = "reader"
PROTOCOL = "1"
CALL_OFF = "call_off"

_STREAM = re.compile(r"([0-9a-f]{16})\.")


def stream_of(number: str) -> str:
    """Name the stream that a request came on: its id up to the dot; "" for one that came alone.

    A stream's name is drawn at random, so that nobody else can call it off; other ids name none.
    """
    found = _STREAM.match(number)
    return found[1] if found else ""
