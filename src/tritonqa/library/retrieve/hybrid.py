"""Words and meaning → one ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tritonqa.library.encoder import Encoder
from tritonqa.library.passages.analyse import query_terms
from tritonqa.library.retrieve.proximity import Proximity
from tritonqa.library.retrieve.weights import WEIGHTS, Weights
from tritonqa.library.store import View

_DEPTH = 100  # passages that each member brings
_FIRST = 5  # passages whose texts are looked at for how near the question's words stand


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage by its id: its share of the most BM25 there could be, its cosine, and all as one score.

    There is no cosine where words alone were searched. near is the proximity of the question's words.
    """

    id: int
    lexical: float
    dense: float | None
    score: float
    near: float = 0.0


def retrieve(
    view: View, question: str, encoder: Encoder | None, limit: int, weights: Weights = WEIGHTS
) -> list[Retrieved]:
    """Return the passages that are likeliest to answer, the best first.

    Each member also scores what the other brings. Words alone decide where there is no encoder, or the
    question's script is not one that it reads.
    """
    depth = max(limit, _DEPTH)
    words = view.words(question, depth)
    meaning = None
    if encoder is not None and view.has_vectors and encoder.reads(question):
        meaning = view.dense(encoder.encode([question])[0], depth)
    numbers = list(dict.fromkeys([*words.scores, *(meaning.scores if meaning else ())]))
    shares, cosines = words.scores_of(numbers), meaning.scores_of(numbers) if meaning else {}
    found = []
    for number in numbers:
        share = shares.get(number, 0.0) / (words.most or 1.0)
        cosine = cosines.get(number, 0.0) if meaning else None
        found.append(Retrieved(number, share, cosine, weights.score(share, cosine or 0.0)))
    found.sort(key=_best_first)
    return _looked_at(view, question, found[:depth], weights)[:limit]


def _looked_at(view: View, question: str, found: Sequence[Retrieved], weights: Weights) -> list[Retrieved]:
    """Add to the first ones' scores how near the question's words stand in their texts."""
    first = found[:_FIRST] if weights.near else ()
    nearness, looked_at = Proximity(query_terms(question)), []
    for one, stored in zip(first, view.passages([one.id for one in first]), strict=True):
        near = nearness.of(stored.described or stored.text)
        looked_at.append(replace(one, near=near, score=one.score + weights.near * near))
    return [*sorted(looked_at, key=_best_first), *found[len(looked_at) :]]


def _best_first(one: Retrieved) -> tuple[float, int]:
    return -one.score, one.id
