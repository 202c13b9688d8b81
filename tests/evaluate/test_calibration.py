"""Scores and outcomes → figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.evaluate.calibration import auroc


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auroc_is_the_share_of_pairs_in_order(rows: list[tuple[int, bool]]) -> None:
    true = [score for score, came in rows if came]
    false = [score for score, came in rows if not came]
    found = auroc([score for score, _ in rows], [came for _, came in rows])
    pairs = [float(a > b) + 0.5 * (a == b) for a in true for b in false]
    if pairs:
        assert found == pytest.approx(np.mean(pairs))
    else:
        assert math.isnan(found)
