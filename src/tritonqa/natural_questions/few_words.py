"""A candidate's windows and their logits → its best spans of few words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.features import Window
from tritonqa.natural_questions.passages import CandidatePassage
from tritonqa.spans import Span


def few_words(
    passage: CandidatePassage, windows: Sequence[Window], logits: Sequence[FloatArray], most: int, width: int
) -> Iterator[Span]:
    """Give the best span of each window that touches at most `most` words and has `width` tokens, best first.

    decode() knows tokens of the model alone, and gives what does not overlap: where a long span is best, the
    short one within it would be none of its.
    """
    found = (_best(passage, *pair, most, width) for pair in zip(windows, logits, strict=True))
    yield from sorted((span for span in found if np.isfinite(span.margin)), key=lambda span: -span.margin)


def _best(passage: CandidatePassage, window: Window, logits: FloatArray, most: int, width: int) -> Span:
    part = slice(window.start, window.stop)
    starts, ends = window.tokens.starts[part], window.tokens.ends[part]
    first = np.searchsorted(passage.starts, starts, side="right") - 1
    last = np.searchsorted(passage.starts, ends, side="left") - 1
    start, end = logits[:2, window.first : window.first + len(starts)]
    at = np.arange(len(starts))
    tokens, words = at - at[:, None] + 1, last - first[:, None] + 1  # [start, end]
    known = (ends > starts) & (first >= 0)  # a tag before the words is none
    right = known & known[:, None] & (1 <= tokens) & (tokens <= width) & (words <= most)
    above_null = start - (logits[0, 0] + logits[1, 0])
    margins = np.where(right, above_null[:, None] + end, -np.inf)
    i, j = divmod(int(margins.argmax()), len(starts))
    return Span(window.passage, window.start + i, window.start + j, float(margins[i, j]))
