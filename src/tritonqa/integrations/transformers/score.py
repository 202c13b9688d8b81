"""One window's logits → its likeliest spans, by the pipeline's definition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.errors import EngineError
from tritonqa.features import Window


@dataclass(frozen=True, slots=True)
class Scored:
    """A window's spans, likeliest first: (first token, last token, probability), and its null's probability.

    Tokens are counted in the passage, the last one is in the span. complete says that no span is left out.
    """

    spans: list[tuple[int, int, float]]
    null: float
    complete: bool


def score(window: Window, logits: FloatArray, width: int, count: int) -> Scored:
    """Return the `count` likeliest spans of at most `width` tokens.

    Starts and ends are each a softmax over the window's passage tokens and its first token, the null; a
    span's probability is their product. logits are [2, length]. Raises EngineError when they aren't finite.
    """
    length = window.stop - window.start
    passage = logits[:, window.first : window.first + length]
    kept = np.concatenate((logits[:, :1], passage), axis=1).astype(np.float64)  # [2, 1 + length]
    if not np.isfinite(kept).all():
        raise EngineError("the model gave logits that are not finite; try another engine or precision")
    chances = kept - np.logaddexp.reduce(kept, axis=1, keepdims=True)  # logs: none rounds down to nothing
    width = min(width, length)
    ends = np.concatenate((chances[1, 1:], np.full(width - 1, -np.inf)))
    band = chances[0, 1:, None] + np.lib.stride_tricks.sliding_window_view(ends, width)  # [length, width]
    flat = band.reshape(-1)
    complete = count >= flat.size
    best = np.arange(flat.size) if complete else np.argpartition(flat, -count)[-count:]
    best = best[np.argsort(-flat[best], kind="stable")]
    best = best[np.isfinite(flat[best])]
    first = window.start + best // width
    spans = zip(first.tolist(), (first + best % width).tolist(), np.exp(flat[best]).tolist(), strict=True)
    return Scored(list(spans), float(np.exp(chances[:, 0].sum())), complete)
