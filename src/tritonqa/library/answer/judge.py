"""What the reader and retrieval say of an answer → the probability that it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tritonqa.library.store import Stored


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer at characters start to end of a document, with the scores of reader and retrieval."""

    text: str
    start: int
    end: int
    read: float
    rank: int
    retrieved: float
    passage: Stored
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Judge:
    """Weights of a logistic model."""

    def judged(self, candidates: Sequence[Candidate], no_answer: float) -> list[Candidate]:
        """Return candidates with their probabilities, the likeliest first."""
        found = [replace(one, probability=one.read) for one in candidates]
        return sorted(found, key=lambda one: -one.probability)

    def no_answer(self, merged: Sequence[Sequence[Candidate]]) -> float:
        """Return the probability that the library does not answer."""
        return 1.0 - merged[0][0].probability if merged else 1.0


JUDGE = Judge()
