"""Equal answers → one with all its places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tritonqa.library.answer.judge import Candidate

_ENDS = ".,;:!?\u2026\u3002"
_QUOTED = re.compile(
    r"[\"'\u2018\u201a\u201c\u201e\u00ab\u00bb](.*)[\"'\u2018\u2019\u201c\u201d\u00ab\u00bb]"
)
_ARTICLE = re.compile(r"(?:an?|the) (?=\w)")


def merge(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Group candidates, the likeliest first, by what they say; each group's best first.

    Equal are "The pump", "pump." and "'Pump'", but not "15 %" and "1.5 %", "C" and "C#" or "5" and "-5". Of
    places of one document that overlap only the first stays.
    """
    groups: dict[str, list[Candidate]] = {}
    for one in candidates:
        if not any(map(str.isalnum, one.text)):
            continue  # punctuation alone answers nothing
        group = groups.setdefault(_key(one.text), [])
        if not any(_overlap(one, other) for other in group):
            group.append(one)
    return list(groups.values())


def _key(text: str) -> str:
    words = " ".join(text.casefold().split()).rstrip(_ENDS)
    if quoted := _QUOTED.fullmatch(words):
        words = quoted[1].rstrip(_ENDS)
    return _ARTICLE.sub("", words, count=1) if _ARTICLE.match(words) else words


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.passage.digest == other.passage.digest and one.start < other.end and other.start < one.end
