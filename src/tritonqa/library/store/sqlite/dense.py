"""A vector and a scope → the nearest passages, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tritonqa.arrays import FloatArray
from tritonqa.library.store.sqlite.lexical import Mask, Rows, places_of
from tritonqa.library.store.sqlite.segments import Arrays

OUT = np.float32(-2.0)  # below any cosine


def merge(segments: Sequence[Arrays], keep: npt.NDArray[np.int64]) -> Arrays:
    """Return one segment of several: ids [n] and vectors [n, d] of unit length, float32 as BLAS has it."""
    ids = np.concatenate([np.asarray(segment["ids"]) for segment in segments])
    order = np.argsort(ids, kind="stable")
    order = order[np.isin(ids[order], keep)]
    width = max(segment["vectors"].shape[1] for segment in segments)
    vectors = [np.asarray(segment["vectors"]).reshape(-1, width) for segment in segments]
    return {"ids": ids[order], "vectors": np.concatenate(vectors)[order]}


class Dense:
    """Vectors of the n passages that are there, in the order of their ids; some may have none."""

    def __init__(self, segments: Sequence[Arrays], ids: Rows) -> None:
        """Take segments and the ids [n] that count."""
        self._size = len(ids)
        self._segments = [
            (segment["vectors"], places_of(segment["ids"], ids))
            for segment in segments
            if len(segment["ids"])
        ]

    def scores(self, vector: FloatArray, scope: Mask | None) -> FloatArray:
        """Return the cosine of each passage [n] with a vector [d] of unit length; OUT where there is none."""
        scores = np.full(self._size, OUT, np.float32)
        for vectors, places in self._segments:
            there = places >= 0
            scores[places[there]] = (vectors @ vector)[there]
        if scope is not None:
            scores[~scope] = OUT
        return scores
