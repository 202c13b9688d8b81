"""Quotations → each piece of evidence once, however often it was given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tritonqa.answers.answer import Place

_AROUND = 60  # characters on either side that tell evidence from other evidence
_SHARED = 20  # of them that both passages must hold
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
    for number, found in enumerate(quotations, 1):
        at = _twin(kept, found, passages) if several else None
        if at is not None:
            margin = float(np.logaddexp(kept[at].margin, found.margin))
            kept[at] = replace(kept[at], margin=margin, also=(*kept[at].also, found))
        elif len(kept) < wanted:
            kept.append(found)
        if (len(kept) == wanted and not several) or number >= 4 * wanted + _MORE:
            break
    return sorted(kept, key=lambda found: -found.margin)


def with_places(passages: Sequence[str], found: Found) -> tuple[Place, ...]:
    """Return all places of a quotation's evidence, in order of passages; none where there is only its own."""
    places = {
        Place(i, item.start, item.end)
        for item in (found, *found.also)
        for i, text in enumerate(passages)
        if i == item.passage or text == passages[item.passage]
    }
    return tuple(sorted(places, key=lambda at: (at.passage, at.start))) if len(places) > 1 else ()


def _twin(kept: Sequence[Found], found: Found, passages: Sequence[str]) -> int | None:
    """Return the place among those kept of one with the same words in the same surroundings."""
    for at, other in enumerate(kept):
        if other.passage != found.passage and _same(passages, other, found):
            return at
    return None


def _same(passages: Sequence[str], one: Found, other: Found) -> bool:
    """Compare words and surroundings, as far as both passages go."""
    first, second = passages[one.passage], passages[other.passage]
    if first[one.start : one.end] != second[other.start : other.end]:
        return False
    left = min(one.start, other.start, _AROUND)
    right = min(len(first) - one.end, len(second) - other.end, _AROUND)
    return (
        left + right >= _SHARED
        and first[one.start - left : one.start] == second[other.start - left : other.start]
        and first[one.end : one.end + right] == second[other.end : other.end + right]
    )
