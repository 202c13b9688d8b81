from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.answers import Calibration

CHANCE = st.floats(0.01, 0.99)


@given(st.floats(-30, 30), CHANCE, CHANCE)
def test_a_prior_shifts_the_odds_by_its_own(margin: float, one: float, other: float) -> None:
    known = Calibration(answerable_slope=0.2, answerable_intercept=-1.0, fitted_prior=0.5)

    def odds(chance: float) -> float:
        return chance / (1 - chance)

    shift = odds(known.answerable(margin, one)) / odds(known.answerable(margin, other))
    assert shift == pytest.approx(odds(one) / odds(other), rel=1e-4)


@given(st.floats(-30, 30), st.floats(-30, 30), CHANCE)
def test_a_larger_margin_is_surer(one: float, other: float, prior: float) -> None:
    known = Calibration(answerable_slope=0.2)
    low, high = sorted((one, other))
    assert 0 <= known.answerable(low, prior) <= known.answerable(high, prior) <= 1
