"""Words and meaning → one ranking."""

from __future__ import annotations

from dataclasses import dataclass

from tritonqa.library.encoder import Encoder
from tritonqa.library.retrieve.weights import WEIGHTS, Weights
from tritonqa.library.store import View

_DEPTH = 100  # passages that each member brings


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage by its id: its share of the most BM25 there could be, its cosine, and both as one score.

    There is no cosine where words alone were searched.
    """

    id: int
    lexical: float
    dense: float | None
    score: float


def retrieve(
    view: View, question: str, encoder: Encoder | None, limit: int, weights: Weights = WEIGHTS
) -> list[Retrieved]:
    """Return the passages that are likeliest to answer, the best first.

    Words alone decide where there is no encoder, or the question's script is not one that it reads.
    """
    depth = max(limit, _DEPTH)
    words = view.words(question, depth)
    meaning = None
    if encoder is not None and encoder.reads(question):
        meaning = view.dense(encoder.encode([question])[0], depth, also=list(words.scores))
    found = []
    for number in dict.fromkeys([*words.scores, *(meaning.scores if meaning else ())]):
        share = words.scores.get(number, 0.0) / (words.most or 1.0)
        cosine = meaning.scores.get(number, 0.0) if meaning else None
        found.append(Retrieved(number, share, cosine, weights.score(share, cosine or 0.0)))
    found.sort(key=lambda one: (-one.score, one.id))
    return found[:limit]
