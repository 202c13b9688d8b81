"""Every engine turns windows into the logits that fp32 gives, within its precision."""

from __future__ import annotations

import numpy as np
import pytest

from tests.contract.conftest import Case
from tests.support.engines import TOLERANCE


def test_each_window_has_logits_of_its_own_length_in_order(case: Case) -> None:
    found = case.engine.run(case.windows)
    assert [logits.shape for logits in found] == [(2, len(window)) for window in case.windows]
    for logits in found:
        assert logits.dtype == np.float32 and np.isfinite(logits).all()
    assert case.engine.computed(case.windows) >= sum(map(len, case.windows))


def test_a_window_alone_gives_what_it_gives_among_others(case: Case) -> None:
    together = case.engine.run(case.windows)
    least = TOLERANCE[case.engine.precision] / 10
    for window, logits in zip(case.windows, together, strict=True):
        for alone in (True, False):
            np.testing.assert_allclose(case.engine.run([window], alone=alone)[0], logits, atol=least)


def test_logits_are_those_of_the_framework(case: Case) -> None:
    if case.expected is None:
        pytest.skip("toy has no weights")
    # A server that was given no precision runs the packaged INT8 file by its own CPU's rule.
    tolerance = TOLERANCE["int8" if case.engine.name == "triton" else case.engine.precision]
    for logits, expected in zip(case.engine.run(case.windows), case.expected, strict=True):
        np.testing.assert_allclose(logits, expected, atol=tolerance)


def test_the_engine_says_what_it_is(case: Case) -> None:
    assert case.engine.name and case.engine.precision in TOLERANCE
    assert case.engine.streams >= 1 and case.engine.grouping.max_windows >= 1
