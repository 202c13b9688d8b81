"""Where a character, as people see it, begins and ends: Unicode's extended grapheme clusters (UAX 29)."""

from __future__ import annotations

from functools import cache
from typing import Any

_REACH = 64  # characters looked back at: where none of them is plain, the cut stays


def whole_graphemes(text: str, start: int, end: int) -> tuple[int, int]:
    """Move a span's cuts out to where its first character begins and its last one ends.

    Tokenizers cut within characters: those that strip accents leave combining marks out, those of bytes and
    of single code points part emoji, flags and conjuncts.
    """
    return _cluster(text, start)[0], _cluster(text, end)[1]


def _cluster(text: str, at: int) -> tuple[int, int]:
    """Return the borders between which this cut lies: both are the cut itself where it is a border."""
    if not 0 < at < len(text) or (text[at] < "\x80" and text[at] != "\n"):
        return at, at  # plain letters and spaces begin a character of their own
    begin = next(
        (i for i in range(at - 1, max(-1, at - _REACH), -1) if text[i] < "\x80"), max(0, at - _REACH)
    )
    for found in _clusters().finditer(text, begin):
        if found.end() >= at:
            return (at, at) if found.end() == at else found.span()
    return at, at


@cache
def _clusters() -> Any:
    import regex  # when it is first needed: it costs as much to import as tritonqa

    return regex.compile(r"\X")
