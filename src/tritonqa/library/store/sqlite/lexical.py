"""Terms and a scope → passages, by BM25 over what the scope holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tritonqa.arrays import FloatArray
from tritonqa.library.store.bm25 import K1, B, idf
from tritonqa.library.store.sqlite.postings import key_of
from tritonqa.library.store.sqlite.segments import Arrays

Rows: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]


class Lexical:
    """Postings of the n passages that are there, in the order of their ids."""

    def __init__(self, segments: Sequence[Arrays], ids: Rows) -> None:
        """Take segments and the ids [n] that count; what else the segments hold is left out."""
        self._segments = [(segment, places_of(segment["ids"], ids)) for segment in segments]
        self._lengths = np.zeros(len(ids), np.float32)
        for segment, places in self._segments:
            there = places >= 0
            self._lengths[places[there]] = segment["lengths"][there]

    def scores(self, terms: Sequence[str], scope: Mask | None) -> tuple[FloatArray, float]:
        """Return the BM25 of each passage [n], 0 without a term or out of scope, and the most there could be.

        The number of passages, their mean length and the rarity of terms are those of the scope, so what is
        out of it changes nothing. Formula: Robertson and Zaragoza 2009, with idf = log(1 + (N - df + 0.5) /
        (df + 0.5)).
        """
        lengths = self._lengths if scope is None else self._lengths[scope]
        total = len(lengths)
        scores = np.zeros(len(self._lengths), np.float32)
        most = 0.0
        if not total:
            return scores, most
        mean = max(float(lengths.mean()), 1.0)
        for term in terms:
            places, counts = self._postings(term, scope)
            rarity = idf(total, len(places))
            norm = K1 * (1 - B + B * self._lengths[places] / mean)
            scores[places] += rarity * (K1 + 1) * counts / (counts + norm)
            most += rarity * (K1 + 1)
        return scores, most

    def _postings(self, term: str, scope: Mask | None) -> tuple[Rows, FloatArray]:
        """Return the places of the passages that hold a term, and how often they do."""
        key = np.uint64(key_of(term))
        found = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        for segment, places in self._segments:
            at = int(np.searchsorted(segment["keys"], key))
            if at == len(segment["keys"]) or segment["keys"][at] != key:
                continue
            part = slice(int(segment["offsets"][at]), int(segment["offsets"][at + 1]))
            rows = places[segment["rows"][part]]
            there = rows >= 0 if scope is None else (rows >= 0) & scope[rows]
            found[0].append(rows[there])
            found[1].append(segment["counts"][part][there].astype(np.float32))
        return np.concatenate(found[0]), np.concatenate(found[1])


def places_of(of: npt.NDArray[np.int64], ids: Rows) -> Rows:
    """Return where each of a segment's ids stands among ids, -1 for those that don't."""
    if not len(ids):
        return np.full(len(of), -1, np.int64)
    at = np.minimum(np.searchsorted(ids, of), len(ids) - 1)
    return np.where(ids[at] == of, at, -1)


def best(scores: FloatArray, limit: int, least: float = 0.0) -> Rows:
    """Return the places of the highest scores above least, best first; equal ones by place."""
    above = scores > least
    found = scores[above]  # without the many equal ones, which would take a partition long
    if len(found) > limit:
        above = scores >= np.partition(found, len(found) - limit)[len(found) - limit]
    places = np.flatnonzero(above)
    return places[np.argsort(-scores[places], kind="stable")][:limit]
