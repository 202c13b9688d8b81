"""Windows and their logits → the spans of one question in one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.errors import EngineError
from tritonqa.spans.band import Band
from tritonqa.spans.options import Decoding

if TYPE_CHECKING:
    from tritonqa.features import Window

_EMPTY = np.float32(-1e9)  # the start of a token that covers no character


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

    margin: best span above its window's null; total: log of the sum of exp(margin) over all spans. spans are
    those of all passages, best first; passages gives those of each by themselves, in place of spans.
    """

    margin: float
    total: float
    spans: Iterator[Span]
    passages: Iterator[Iterator[Span]] = field(default_factory=lambda: iter(()))


def decode(windows: Sequence[Window], logits: Sequence[FloatArray], options: Decoding) -> Evidence:
    """Let the spans of every window and passage compete, each measured from its window's null.

    windows are in the order of their passages and starts, logits [2, length] each: start and end. Spans come
    best first, without overlap, as many as exist; question and special tokens can't be in one. The null is
    the first token's start + end (Devlin et al. 2018); shared scale across windows after Clark and Gardner
    (2018). Raises EngineError for logits that are not finite.
    """
    if not windows:
        return Evidence(-np.inf, -np.inf, iter(()))
    pairs = zip(windows, logits, strict=True)
    bands = [_band(window, found, options.max_answer_tokens) for window, found in pairs]
    total = float(np.logaddexp.reduce([band.log_total() for band in bands]))
    each = (_spans(*part) for part in _by_passage(windows, bands))
    return Evidence(max(band.peak()[0] for band in bands), total, _spans(windows, bands), each)


def _by_passage(
    windows: Sequence[Window], bands: Sequence[Band]
) -> Iterator[tuple[Sequence[Window], Sequence[Band]]]:
    for _, members in groupby(range(len(windows)), key=lambda i: windows[i].passage):
        places = list(members)
        yield windows[places[0] : places[-1] + 1], bands[places[0] : places[-1] + 1]


def _band(window: Window, logits: FloatArray, width: int) -> Band:
    part = logits[:, window.first : window.first + window.stop - window.start]
    null = logits[0, 0] + logits[1, 0]
    if not np.isfinite(null) or not np.isfinite(part).all():
        raise EngineError("the model gave logits that are not finite; try another engine or precision")
    tokens = window.tokens
    covers = tokens.ends[window.start : window.stop] > tokens.starts[window.start : window.stop]
    return Band(np.where(covers, part[0] - null, _EMPTY), part[1], width)


def _spans(windows: Sequence[Window], bands: Sequence[Band]) -> Iterator[Span]:
    """Give the best span of all, block what overlaps it, and so on: a heap of each window's best."""
    heap = [(-band.peak()[0], i) for i, band in enumerate(bands)]
    heapify(heap)
    while heap:
        known, i = heappop(heap)
        margin, at = bands[i].peak()
        if margin < _EMPTY / 2:
            continue
        if margin < -known:  # a span given since then has lowered it
            heappush(heap, (-margin, i))
            continue
        window = windows[i]
        span = Span(window.passage, window.start + at, window.start + bands[i].end_of(at), margin)
        yield span
        before, after = range(i, -1, -1), range(i + 1, len(windows))
        for j in (*_holding(windows, before, span), *_holding(windows, after, span)):
            bands[j].block(span.first - windows[j].start, span.last - windows[j].start)
        heappush(heap, (-bands[i].peak()[0], i))


def _holding(windows: Sequence[Window], order: range, span: Span) -> Iterator[int]:
    """Walk away from a span's window while windows hold a part of the span."""
    for i in order:
        window = windows[i]
        if window.passage != span.passage or window.start > span.last or window.stop <= span.first:
            return
        yield i
