"""Figures of a reader whose bundle holds a threshold fitted elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tritonqa import Reader
from tritonqa.answers import Calibration
from tritonqa.datasets import Dataset, Example
from tritonqa.evaluate.run import evaluate

CONTEXT = "Ada Lovelace wrote the first program in 1843."
EXAMPLES = (
    Example("a", "t", "Who wrote the first program?", CONTEXT, ("Ada Lovelace",), (0,)),
    Example("b", "t", "Which zebra flew over Paris at midnight?", CONTEXT, ()),
)


@pytest.mark.parametrize(
    ("answer_from", "exact"), [(-1e6, "HasAns"), (1e6, "NoAns")], ids=["always", "never"]
)
def test_exact_and_f1_are_those_at_the_threshold_of_the_bundle(answer_from: float, exact: str) -> None:
    known = Calibration(answer_from=answer_from)
    with Reader.load(engine="toy") as reader:
        found = evaluate(reader, Dataset("2.0", EXAMPLES), calibration=known).figures
        usual = evaluate(reader, Dataset("2.0", EXAMPLES)).figures
        given = evaluate(reader, Dataset("2.0", EXAMPLES), None, known, no_answer_threshold=0.5).figures
    other = "NoAns" if exact == "HasAns" else "HasAns"
    assert found[f"{other}_exact"] == 0.0
    assert found["no_answer_threshold"] == pytest.approx(float(exact == "HasAns"))
    assert (found["default_exact"], found["default_f1"]) == (usual["exact"], usual["f1"])
    assert given == usual and "default_f1" not in usual
    assert usual["no_answer_threshold"] == 0.5 and usual["no_answer_auroc"] == 1.0


def test_the_threshold_is_of_the_prior_that_is_asked_with() -> None:
    known = Calibration(2.0, -1.0, 0.5, answer_from=0.7)
    for prior in (0.2, 0.5, 0.9):
        threshold = known.threshold(prior)
        assert threshold is not None
        assert 1 - known.answerable(0.71, prior) < threshold < 1 - known.answerable(0.69, prior)
    assert replace(known, answer_from=None).threshold(0.5) is None
