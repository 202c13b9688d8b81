"""Word overlap instead of a model: no weights, deterministic, for tests of all that surrounds an engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.engine.base import Engine
from tritonqa.features import Window

_REACH = 4.0


class ToyEngine(Engine):
    """Point at the passage tokens that stand nearest to the question's words and are none of them."""

    name = "toy"
    precision = "fp32"
    streams = 2

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Score each token by its nearness to the question's words."""
        return [_score(window) for window in windows]

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""


def _score(window: Window) -> FloatArray:
    ids = window.ids
    logits = np.full((2, len(ids)), -10.0, np.float32)
    passage = slice(window.first, window.first + window.stop - window.start)
    asked = np.isin(ids[passage], window.question)
    places = np.flatnonzero(asked)
    logits[:, 0] = 0.5
    if len(places):
        here = np.arange(len(asked))
        after = np.searchsorted(places, here)
        left = np.abs(here - places[np.maximum(after - 1, 0)])
        right = np.abs(here - places[np.minimum(after, len(places) - 1)])
        logits[:, passage] = 4.0 * np.exp(-np.minimum(left, right) / _REACH) - 6.0 * asked
    return logits
