from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tritonqa.spans.band import Band


@settings(deadline=None)
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
