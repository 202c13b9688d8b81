from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.arrays import FloatArray
from tritonqa.errors import EngineError
from tritonqa.features import Template, Tokens, Window
from tritonqa.features.prepare import ranges
from tritonqa.spans import Decoding, decode
from tritonqa.spans.band import Band


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 10_000))
def test_spans_equal_a_search_of_all(length: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    start, end = random.normal(size=(2, length)).astype(np.float32)
    band = Band(start, end, width)
    spans = {
        (i, j): float(start[i] + end[j]) for i in range(length) for j in range(i, min(i + width, length))
    }
    assert np.isclose(band.log_total(), np.log(sum(np.exp(v) for v in spans.values())), atol=1e-3)
    while spans:
        score, at = band.peak()
        best = max(spans, key=lambda key: spans[key])
        assert np.isclose(score, spans[best], atol=1e-5)
        assert (at, band.end_of(at)) == best
        band.block(*best)
        spans = {k: v for k, v in spans.items() if k[1] < best[0] or k[0] > best[1]}
    assert band.peak()[0] == -np.inf


def tokens_of(count: int) -> Tokens:
    starts = np.arange(count, dtype=np.int32) * 2
    return Tokens(np.zeros(count, np.int32), starts, starts + 1, starts // 2)


def evidence(
    passages: list[int], seed: int, width: int = 3
) -> tuple[list[Window], list[FloatArray], Decoding]:
    """Cut passages of these lengths into windows of at most 10 tokens, and make up their logits."""
    template = Template(np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32), (0, 0, 0, 1, 1))
    question = np.zeros(2, np.int32)
    windows = [
        Window(template, question, tokens, passage, start, stop)
        for passage, tokens in enumerate(map(tokens_of, passages))
        for start, stop in ranges(tokens, 10, 4)
    ]
    random = np.random.default_rng(seed)
    logits = [random.normal(size=(2, len(window))).astype(np.float32) for window in windows]
    return windows, logits, Decoding(max_answer_tokens=width)


@given(st.lists(st.integers(0, 30), max_size=4), st.integers(0, 10_000), st.integers(1, 4))
def test_spans_of_all_windows_compete(passages: list[int], seed: int, width: int) -> None:
    windows, logits, options = evidence(passages, seed, width)
    left: dict[tuple[int, int, int], float] = {}
    for window, (start, end) in zip(windows, logits, strict=True):
        null = start[0] + end[0]
        for i in range(window.start, window.stop):
            for j in range(i, min(i + width, window.stop)):
                at = window.first - window.start
                key = (window.passage, i, j)
                left[key] = max(left.get(key, -np.inf), float(start[i + at] - null + end[j + at]))
    found = decode(windows, logits, options)
    assert found.margin == pytest.approx(max(left.values(), default=-np.inf), abs=1e-5)
    for span in found.spans:
        best = max(left, key=lambda key: left[key])
        assert (span.passage, span.first, span.last) == best
        assert span.margin == pytest.approx(left[best], abs=1e-5)
        left = {k: v for k, v in left.items() if k[0] != best[0] or k[2] < best[1] or k[1] > best[2]}
    assert not left


@pytest.mark.parametrize("passages", [[5] * 2000, [10_000]], ids=["many passages", "one long"])
def test_work_a_span_does_not_grow_with_the_windows(
    passages: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0
    block = Band.block

    def counted(self: Band, first: int, last: int) -> None:
        nonlocal calls
        calls += 1
        block(self, first, last)

    monkeypatch.setattr(Band, "block", counted)
    windows, logits, options = evidence(passages, 0)
    spans = sum(1 for _ in decode(windows, logits, options).spans)
    assert spans > 2000 and calls < 4 * spans


@pytest.mark.parametrize("place", [(0, 0), (1, 0), (0, 5), (1, 5)])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_logits_that_are_not_finite_are_an_error(place: tuple[int, int], value: float) -> None:
    windows, logits, options = evidence([8], 0)
    logits[0][place] = value
    with pytest.raises(EngineError, match="not finite"):
        decode(windows, logits, options)
