"""Windows and their logits → the spans of one question in one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tritonqa.errors import EngineError
from tritonqa.spans.band import Band, FloatArray
from tritonqa.spans.options import Decoding

if TYPE_CHECKING:
    from tritonqa.features import Window


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens first to last (inclusive) of a passage; margin is its score above the null, in logits."""

    passage: int
    first: int
    last: int
    margin: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What all windows of a question say together.

    margin: best span above its window's null; total: log of the sum of exp(margin) over all spans.
    """

    margin: float
    total: float
    spans: Iterator[Span]


def decode(windows: Sequence[Window], logits: Sequence[FloatArray], options: Decoding) -> Evidence:
    """Let the spans of every window and passage compete, each measured from its window's null.

    logits are [2, length] per window, start and end. Spans come best first, without overlap, as many as
    exist; question and special tokens can't be in one. The null is the first token's start + end (Devlin
    et al. 2018); shared scale across windows after Clark and Gardner (2018).
    """
    bands = []
    for window, (start, end) in zip(windows, logits, strict=True):
        first, stop = window.first, window.first + window.stop - window.start
        null = float(start[0] + end[0])
        if not np.isfinite(null) or not np.isfinite(start[first:stop]).all():
            raise EngineError("the model gave logits that are not finite; try another engine or precision")
        empty = (
            window.tokens.ends[window.start : window.stop] <= window.tokens.starts[window.start : window.stop]
        )
        starts = np.where(empty, np.float32(-1e9), start[first:stop] - np.float32(null))
        bands.append(Band(starts, end[first:stop], options.max_answer_tokens))
    if not bands:
        return Evidence(-np.inf, -np.inf, iter(()))
    total = float(np.logaddexp.reduce([band.log_total() for band in bands]))
    return Evidence(max(band.peak()[0] for band in bands), total, _spans(windows, bands))


def _spans(windows: Sequence[Window], bands: Sequence[Band]) -> Iterator[Span]:
    peaks = np.array([band.peak()[0] for band in bands])
    while np.isfinite(peaks).any():
        best = int(peaks.argmax())
        margin, at = bands[best].peak()
        if margin < -1e8:
            return
        window = windows[best]
        span = Span(window.passage, window.start + at, window.start + bands[best].end_of(at), margin)
        yield span
        for i, other in enumerate(windows):
            touches = other.passage == span.passage and other.start <= span.last and span.first < other.stop
            if touches:
                bands[i].block(span.first - other.start, span.last - other.start)
                peaks[i] = bands[i].peak()[0]
