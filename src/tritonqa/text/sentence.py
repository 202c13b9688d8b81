"""A place in a text → the sentence around it."""

from __future__ import annotations

import re

REACH = 200  # characters on either side, at most
_BREAK = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])|\n")  # U+3002 and on: 。！？


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence that holds a span begins and ends, without outer spaces."""
    before, after = text[max(0, start - REACH) : start], text[end : end + REACH]
    breaks = list(_BREAK.finditer(before))
    stop = _BREAK.search(after)
    left = before[breaks[-1].end() :] if breaks else before
    right = after[: stop.start()] if stop else after
    return start - len(left.lstrip()), end + len(right.rstrip())
