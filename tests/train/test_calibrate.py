from __future__ import annotations

import numpy as np
import pytest

from tritonqa.datasets import Example
from tritonqa.reader.load import load_in_process
from tritonqa.train.calibrate import Observed, cross_fit, cross_score, enough, fit_curves, observe


def drawn(count: int, slope: float, intercept: float) -> Observed:
    random = np.random.default_rng(0)
    margin, odds = random.normal(0, 3, count), random.normal(1, 2, count)
    answerable = random.random(count) < 1 / (1 + np.exp(-(slope * margin + intercept)))
    right = (random.random(count) < 1 / (1 + np.exp(-(0.5 * odds - 0.2)))).astype(float)
    return Observed(margin, odds, right, right, answerable, np.repeat(np.arange(10).astype(str), count // 10))


def test_the_curves_that_drew_the_data_are_found() -> None:
    found = fit_curves(drawn(20_000, 0.7, -0.5))
    assert found.answerable_slope == pytest.approx(0.7, abs=0.05)
    assert found.answerable_intercept == pytest.approx(-0.5, abs=0.05)
    assert found.right_slope == pytest.approx(0.5, abs=0.05)
    assert found.right_intercept == pytest.approx(-0.2, abs=0.05)


def test_probabilities_hold_on_groups_that_were_left_out() -> None:
    seen = drawn(20_000, 0.7, -0.5)
    found = cross_fit(seen)
    assert found.answer_error < 0.02 and found.no_answer_error < 0.02
    always = 100 * (seen.f1 * seen.answerable).mean()
    assert found.f1 > always and found.exact == found.f1


def test_the_packaged_reader_is_observed(examples: tuple[Example, ...]) -> None:
    reader = load_in_process()
    steps: list[int] = []
    try:
        seen = observe(reader, examples[:24], lambda done, total: steps.append(done))
    finally:
        reader.close()
    assert steps == list(range(1, 25))
    assert seen.answerable.tolist() == [bool(example.answers) for example in examples[:24]]
    assert seen.exact[seen.answerable].mean() > 0.3 and (seen.f1 >= seen.exact).all()
    assert seen.margin[seen.answerable].mean() > seen.margin[~seen.answerable].mean()


def test_few_questions_are_not_enough() -> None:
    answered = [Example("q", "", "?", f"c{i % 5}", ("c",), (0,)) for i in range(100)]
    unanswered = [Example("q", "", "?", "c0", ()) for _ in range(100)]
    assert enough(answered + unanswered)
    assert not enough(answered + unanswered[1:]) and not enough(answered[1:] + unanswered)
    assert not enough(unanswered + [Example("q", "", "?", "c0", ("c",), (0,))] * 100)


def test_a_threshold_comes_from_the_other_groups() -> None:
    margin = np.tile(np.linspace(-4, 4, 40), 5)
    group = np.repeat(np.arange(5).astype(str), 40)
    answerable = margin > 0
    answerable[group == "0"] = margin[group == "0"] > 3  # its own best threshold is 3, the others' is 0
    ones = np.ones(200)
    exact, f1 = cross_score(Observed(margin, margin, ones, ones, answerable, group))
    wrong = (margin > 0) & (margin <= 3) & (group == "0")
    assert wrong.any() and (exact == ~wrong).all() and (f1 == exact).all()
