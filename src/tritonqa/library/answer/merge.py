"""Equal answers → one with all its places."""

from __future__ import annotations

from collections.abc import Sequence

from tritonqa.evaluate.language import ENGLISH
from tritonqa.library.answer.judge import Candidate


def merge(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Group candidates, the likeliest first, by their words as SQuAD compares them; each group's best first.

    Of places of one document that overlap only the first stays.
    """
    groups: dict[str, list[Candidate]] = {}
    for one in candidates:
        if not any(map(str.isalnum, one.text)):
            continue  # punctuation alone answers nothing
        group = groups.setdefault(ENGLISH.normalise(one.text) or one.text, [])
        if not any(_overlap(one, other) for other in group):
            group.append(one)
    return list(groups.values())


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.passage.digest == other.passage.digest and one.start < other.end and other.start < one.end
