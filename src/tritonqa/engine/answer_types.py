"""The optional third output of a reader: what kind of answer a window holds."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tritonqa.arrays import FloatArray

ANSWER_TYPES = ("null", "yes", "no", "short", "long")
ANSWER_TYPE_OUTPUT = "answer_type_logits"  # [batch, 5]

_Row: TypeAlias = npt.NDArray[np.floating]


def stack_logits(start: _Row, end: _Row, answer_type: _Row | None = None) -> FloatArray:
    """Lay a window's start and end logits [length] over each other: [2, length].

    With those of answer types [5] it is [3, length], the third row beginning with them: so one array of a
    width stays all that flows. A pair has five tokens at least.
    """
    both = np.stack((start, end)).astype(np.float32, copy=False)
    if answer_type is None:
        return both
    third = np.zeros((1, both.shape[1]), np.float32)
    third[0, : len(ANSWER_TYPES)] = answer_type
    return np.concatenate((both, third))


def answer_type_logits(logits: FloatArray) -> FloatArray | None:
    """Return the logits of the answer types, [5], of a window's; None where the reader has no such head."""
    return logits[2, : len(ANSWER_TYPES)] if len(logits) > 2 else None
