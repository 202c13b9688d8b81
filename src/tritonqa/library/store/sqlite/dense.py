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
        self._parts = [_Part(segment, places_of(segment["ids"], ids)) for segment in segments]

    def nearest(
        self, vector: FloatArray, limit: int, scope: Mask | None = None, also: Rows | None = None
    ) -> tuple[Rows, FloatArray]:
        """Return places, ascending, and their cosines with a vector [d] of unit length.

        They are the nearest by cosine, equal ones by place, and those of also that have a vector. Codes tell
        which can be among them; a cosine is that of the vectors themselves.
        """
        rough, bound = np.full(self._size, OUT, np.float32), 0.0
        for part in self._parts:
            products, off = part.codes.products(vector)
            rough[part.places] = products[part.rows]
            bound = max(bound, off)
        if scope is not None:
            rough[~scope] = OUT
        first = best(rough, limit, float(OUT))
        least = rough[first[-1]] - 2 * bound if len(first) == limit else OUT
        near = np.flatnonzero((rough >= least) & (rough > OUT))
        near = near[best(self._cosines(near, vector), limit, float(OUT))]
        others = np.zeros(0, np.int64) if also is None else also[rough[also] > OUT]
        places = np.union1d(near, others)
        return places, self._cosines(places, vector)

    def _cosines(self, places: Rows, vector: FloatArray) -> FloatArray:
        """Return the cosine at each place; it is the same whatever others are asked for."""
        found = np.full(len(places), OUT, np.float32)
        for part in self._parts:
            at = np.searchsorted(part.places, places)
            there = np.flatnonzero(np.append(part.places, -1)[at] == places)
            vectors = part.vectors[part.rows[at[there]]].astype(np.float64)
            found[there] = (vectors * vector).sum(axis=1)
        return found


class _Part:
    """A segment's rows that count, by their places."""

    def __init__(self, segment: Arrays, places: Rows) -> None:
        self.rows = np.flatnonzero(places >= 0)
        self.rows = self.rows[np.argsort(places[self.rows], kind="stable")]
        self.places = places[self.rows]
        self.vectors = segment["vectors"]
        known = "codes" in segment  # an older tritonqa kept none
        self.codes = Codes(*(segment[name] for name in _CODES)) if known else Codes.of(self.vectors)
