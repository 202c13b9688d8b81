"""A vector and a scope → the nearest passages, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import numpy.typing as npt

from tritonqa.arrays import FloatArray
from tritonqa.library.store.sqlite.codes import Codes
from tritonqa.library.store.sqlite.lexical import Mask, Rows, best, places_of
from tritonqa.library.store.sqlite.segments import Arrays

OUT = np.float32(-2.0)  # below any cosine
_CODES = [field.name for field in fields(Codes)]


def coded(ids: npt.NDArray[np.int64], vectors: npt.NDArray[np.floating]) -> Arrays:
    """Return a segment: ids [n], vectors [n, d] of unit length, as the library has them, and their codes."""
    codes = Codes.of(vectors)
    named = {name: getattr(codes, name) for name in _CODES}
    return {"ids": ids, "vectors": vectors.astype(np.float16), **named}


def merge(segments: Sequence[Arrays], keep: npt.NDArray[np.int64]) -> Arrays:
    """Return one segment of several."""
    ids = np.concatenate([np.asarray(segment["ids"]) for segment in segments])
    order = np.argsort(ids, kind="stable")
    order = order[np.isin(ids[order], keep)]
    width = max(segment["vectors"].shape[1] for segment in segments)
    vectors = [np.asarray(segment["vectors"], np.float16).reshape(-1, width) for segment in segments]
    return coded(ids[order], np.concatenate(vectors)[order])


class Dense:
    """Vectors of the n passages that are there, in the order of their ids; some may have none."""

    def __init__(self, segments: Sequence[Arrays], ids: Rows) -> None:
        """Take segments and the ids [n] that count."""
        self._size = len(ids)
        self._parts = [_Part(segment, ids) for segment in segments]

    def nearest(self, vector: FloatArray, limit: int, scope: Mask | None = None) -> tuple[Rows, FloatArray]:
        """Return places, ascending, and their cosines with a vector [d] of unit length.

        They are the nearest by cosine, equal ones by place. Codes tell which can be among them; a cosine is
        that of the vectors themselves.
        """
        rough, bound = np.full(self._size, OUT, np.float32), 0.0
        for part in self._parts:
            products, off = part.codes.products(vector)
            rough[part.places] = products[part.rows]
            bound = max(bound, off)
        if scope is not None:
            rough[~scope] = OUT
        first = best(rough, limit, float(OUT))
        least = self.cosines(first, vector).min() - bound if len(first) == limit else OUT
        places = np.flatnonzero((rough >= least) & (rough > OUT))
        found = self.cosines(places, vector)
        wanted = np.sort(best(found, limit, float(OUT)))
        return places[wanted], found[wanted]

    def cosines(self, places: Rows, vector: FloatArray) -> FloatArray:
        """Return the cosine at each place, OUT where it has no vector; whatever others are asked for."""
        found, exact = np.full(len(places), OUT, np.float32), vector.astype(np.float64)
        for part in self._parts:
            rows = part.rows_at[places]
            there = rows >= 0
            wider = part.vectors[rows[there]].astype(np.float32)  # numpy turns halves slowly into 64 bits
            found[there] = (wider * exact).sum(axis=1)
        return found


class _Part:
    """A segment's rows that count, by their places, and back."""

    def __init__(self, segment: Arrays, ids: Rows) -> None:
        places = places_of(segment["ids"], ids)
        rows = np.flatnonzero(places >= 0)
        self.rows_at = np.full(len(ids), -1, np.int64)
        self.rows_at[places[rows]] = rows
        self.rows, self.places = _run(rows), _run(places[rows])
        self.vectors = segment["vectors"]
        known = "codes" in segment  # an older tritonqa kept none
        self.codes = Codes(*(segment[name] for name in _CODES)) if known else Codes.of(self.vectors)


def _run(ascending: Rows) -> Rows | slice:
    """Return numbers as a slice where they have no gap, which numpy copies at once."""
    if len(ascending) and ascending[-1] - ascending[0] == len(ascending) - 1:
        return slice(int(ascending[0]), int(ascending[-1]) + 1)
    return ascending
