"""Vectors → bytes a quarter as large, from which no cosine is further than a bound that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from tritonqa.arrays import FloatArray
from tritonqa.errors import MissingExtra

_STEPS = 127
_AT_ONCE = 4_096  # vectors that are coded at a time: bounded memory
_SLACK = 1e-5  # above what float32 takes from a cosine, here and there


@dataclass(frozen=True, slots=True)
class Codes:
    """Of n vectors: codes [n, d] of 8 bits, times scales [n].

    lengths [n] is how long that is at most, and errors [n] how far from the vector.
    """

    codes: npt.NDArray[np.int8]
    scales: FloatArray
    lengths: FloatArray
    errors: FloatArray

    @classmethod
    def of(cls, vectors: npt.NDArray[np.floating]) -> Self:
        """Round vectors [n, d], each by its own scale, to the nearest of 255 steps."""
        size = len(vectors)
        made = cls(np.empty(vectors.shape, np.int8), *(np.empty(size, np.float32) for _ in range(3)))
        for at in range(0, size, _AT_ONCE):
            part = slice(at, at + _AT_ONCE)
            some = vectors[part].astype(np.float64)
            made.scales[part] = np.maximum(np.abs(some).max(axis=1) / _STEPS, np.finfo(np.float32).tiny)
            scales = made.scales[part, None].astype(np.float64)
            made.codes[part] = np.clip(np.rint(some / scales), -_STEPS, _STEPS)
            coded = made.codes[part] * scales
            made.lengths[part] = _up(np.linalg.norm(coded, axis=1))
            made.errors[part] = _up(np.linalg.norm(some - coded, axis=1))
        return made

    def products(self, vector: FloatArray) -> tuple[FloatArray, float]:
        """Return about what the products with a vector [d] are, [n], and how far off any is at most.

        Where w is coded for v = w + e, and p for q = p + f, the product vq is off from wp by wf + eq, so by
        |w||f| + |e||q| at most (Cauchy and Schwarz). Of wp the codes' product is an integer, and exact.
        """
        try:
            from simsimd import cdist
        except ImportError as error:
            raise MissingExtra("simsimd", "library") from error
        if not len(self.codes):
            return np.zeros(0, np.float32), 0.0
        asked = Codes.of(vector[None])
        sums = np.asarray(cdist(asked.codes, self.codes, "dot")).reshape(-1)  # [1, n] → [n]
        bound = self.lengths.max() * float(asked.errors[0]) + self.errors.max() * np.linalg.norm(vector)
        return (sums * (self.scales * float(asked.scales[0]))).astype(np.float32), float(bound) + _SLACK


def _up(values: npt.NDArray[np.float64]) -> FloatArray:
    """Round to float32, never down."""
    return np.nextafter(values.astype(np.float32), np.float32(np.inf))
