"""Text → sentences, as ranges of characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LATIN = r"[.!?\u2026\u061f\u06d4\u0964\u0965\u1362\u104b]+[\"'\u201d\u2019)\]\u00bb]*\s+"
_WIDE = r"[\u3002\uff01\uff1f\uff61]+[\u300d\u300f\uff09\u3011]*\s*"
_END = re.compile(rf"{_LATIN}|{_WIDE}|\n[^\S\n]*\n\s*")
_INITIAL = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Nos|Art|Fig|cf|e\.g|i\.e|approx|Inc)\.\s+$"
)
_LOOK_BACK = 12  # characters that show an abbreviation


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the sentences of text[start:end] in order; together they are all of it, spaces included.

    A sentence ends at its mark, in any script that has one, or at a blank line; single initials and common
    abbreviations end none.
    """
    begin = start
    for found in _END.finditer(text, start, end):
        if not _INITIAL.search(text, max(begin, found.end() - _LOOK_BACK), found.end()):
            yield begin, found.end()
            begin = found.end()
    if begin < end:
        yield begin, end
