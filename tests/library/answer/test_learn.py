from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tritonqa.library.answer.judge import Model, fitted
from tritonqa.library.answer.learn import Observed, crossed, judged, learn

LEXICAL = fitted().lexical


def observed(questions: int, *, seed: int = 0, worth: float = 4.0) -> list[Observed]:
    """Make answers of which one is right, whose share says little and whose passage's words say more."""
    random = np.random.default_rng(seed)
    seen = []
    for question in range(questions):
        for gone in (False, True):
            known = [
                {
                    "answerable": random.normal(-1.0 if gone else 1.0),
                    "share": random.normal(-3.0),
                    "lexical": random.uniform(0, 0.6 if gone else 1.0),
                    "near": random.uniform(),
                    "dense": 0.0,
                }
                for _ in range(5)
            ]
            odds = np.array([row["share"] + worth * row["lexical"] + random.gumbel() for row in known])
            right = -1 if gone else int(odds.argmax())
            seen.append(Observed(question, gone, [(row, i == right) for i, row in enumerate(known)]))
    return seen


def log_loss(seen: list[Observed], model: Model) -> float:
    verdicts = judged(seen, model)
    return float(np.mean([np.logaddexp(0, one.odds if one.gone else -one.odds) for one in verdicts]))


def test_what_counts_is_found_and_helps_on_other_questions() -> None:
    seen, others = observed(300), observed(300, seed=1)
    found = learn(seen, LEXICAL, 1.0)
    assert found.right["lexical"] / found.right["share"] == pytest.approx(4.0, abs=1.5)
    assert log_loss(others, found) < log_loss(others, LEXICAL)


def test_a_heavy_ridge_leaves_the_weights_as_they_were() -> None:
    found = learn(observed(30), LEXICAL, 1e9)
    for after, before in ((found.right, LEXICAL.right), (found.answered, LEXICAL.answered)):
        assert after.keys() == before.keys()
        others = before.keys() - {"bias"}
        assert [after[name] for name in others] == pytest.approx([before[name] for name in others], rel=1e-3)


def test_each_fifth_is_judged_by_the_others() -> None:
    seen, fits = observed(10), []

    def fit(some: object) -> Model:
        fits.append({one.question for one in some})  # type: ignore[attr-defined]
        return LEXICAL

    assert sorted(map(repr, crossed(seen, fit))) == sorted(map(repr, judged(seen, LEXICAL)))
    assert fits == [set(range(10)) - {fold, fold + 5} for fold in range(5)]


def test_questions_none_of_whose_answers_is_right_break_nothing() -> None:
    wrong = [replace(one, answers=[(row, False) for row, _ in one.answers]) for one in observed(20)]
    found = learn(wrong, LEXICAL, 1.0)
    assert all(np.isfinite(list(found.right.values())))
