"""How much words, meaning and nearness count, fitted on questions that nothing is measured on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """A score is lexical · share of the best BM25 + dense · cosine, of the first ones + near · proximity."""

    lexical: float = 1.0
    dense: float = 0.4
    near: float = 0.3

    def score(self, share: float, cosine: float) -> float:
        """Return words and meaning as one number."""
        return self.lexical * share + self.dense * cosine


WEIGHTS = Weights()
