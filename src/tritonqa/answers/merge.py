"""Quotations → each piece of evidence once, however often it was given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tritonqa.answers.answer import Place

_AROUND = 60  # characters on either side that tell evidence from other evidence
_SHARED = 20  # of them that both passages must hold
_COMPARED = 32  # of those with the same words: the work stays in proportion
_MORE = 16  # quotations looked at beyond four for each that is wanted


@dataclass(frozen=True, slots=True)
class Found:
    """Characters start to end of a passage; margin is their score above the null, in logits.

    also are other passages' quotations of the same evidence.
    """

    passage: int
    start: int
    end: int
    margin: float
    also: tuple[Found, ...] = field(default=())


def merged(quotations: Iterable[Found], passages: Sequence[str], wanted: int) -> list[Found]:
    """Return the best quotations, best first, those of the same words in the same surroundings as one.

    Chunks that overlap hold the same evidence twice: its shares of the softmax add up to what one would have.
    """
    several = len(set(passages)) > 1
    kept: list[Found] = []
    by_words: defaultdict[str, list[int]] = defaultdict(list)
    for number, found in enumerate(quotations, 1):
        alike = by_words[passages[found.passage][found.start : found.end]] if several else []
        at = next((at for at in alike[-_COMPARED:] if _same(passages, kept[at], found)), None)
        if at is not None:
            margin = float(np.logaddexp(kept[at].margin, found.margin))
            kept[at] = replace(kept[at], margin=margin, also=(*kept[at].also, found))
        elif len(kept) < wanted:
            alike.append(len(kept))
            kept.append(found)
        if (len(kept) == wanted and not several) or number >= 4 * wanted + _MORE:
            break
    return sorted(kept, key=lambda found: -found.margin)


def copies(passages: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Return the places of each text among the passages."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(passages):
        found[text].append(place)
    return found


def with_places(
    passages: Sequence[str], copied: Mapping[str, Sequence[int]], found: Found
) -> tuple[Place, ...]:
    """Return all places of a quotation's evidence, in order of passages; none where there is only its own."""
    places = {
        Place(i, item.start, item.end)
        for item in (found, *found.also)
        for i in copied[passages[item.passage]]
    }
    return tuple(sorted(places, key=lambda at: (at.passage, at.start))) if len(places) > 1 else ()


def _same(passages: Sequence[str], one: Found, other: Found) -> bool:
    """Compare surroundings of the same words, as far as both passages go."""
    first, second = passages[one.passage], passages[other.passage]
    left = min(one.start, other.start, _AROUND)
    right = min(len(first) - one.end, len(second) - other.end, _AROUND)
    return (
        one.passage != other.passage
        and left + right >= _SHARED
        and first[one.start - left : one.start] == second[other.start - left : other.start]
        and first[one.end : one.end + right] == second[other.end : other.end + right]
    )
