"""A place in a text → the sentence around it."""

from __future__ import annotations

import re

from tritonqa.text.graphemes import whole_graphemes

REACH = 200  # characters on either side; where they part a word or a character, some more
_WORD = 30  # characters, at most, of a word that is not parted
_BREAK = re.compile(
    r"(?<=[.!?\u2026\u061f\u06d4\u0964\u0965\u1362\u104b])\s+"  # …, ؟ ۔ । ॥ ። ။
    r"|(?<=[\u3002\uff01\uff1f\uff61])|\n"  # 。！？｡
)
_END_OF_WORD, _START_OF_WORD = re.compile(r"\S*"), re.compile(r"\S*\Z")


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence that holds a span begins and ends, without outer spaces.

    One that goes on beyond REACH is cut there, between words where it has any, and never in a character.
    """
    before, after = text[max(0, start - REACH) : start], text[end : end + REACH]
    breaks = list(_BREAK.finditer(before))
    stop = _BREAK.search(after)
    left = before[breaks[-1].end() :] if breaks else before
    right = after[: stop.start()] if stop else after
    begin, last = start - len(left.lstrip()), end + len(right.rstrip())
    if not breaks:
        begin -= _rest(_START_OF_WORD.search(text[max(0, begin - _WORD) : begin]))
    if not stop and len(right) == len(right.rstrip()):
        last += _rest(_END_OF_WORD.match(text[last : last + _WORD]))
    return whole_graphemes(text, begin, last)


def _rest(word: re.Match[str] | None) -> int:
    """Return the length of a word's other part; 0 where no space is in reach, as in Chinese."""
    found = len(word[0]) if word else 0
    return found if found < _WORD else 0
