"""Margins → probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two logistic curves fitted on held-out questions (Platt 1999).

    answerable: slope and intercept on the best span's margin above the null, and the share of answerable
    questions it was fitted on; right: slope and intercept on the log odds of a span among all spans.
    answer_from is the margin from which answering gave the best F1 of SQuAD 2.0, for as many questions with
    an answer as without. The errors are expected calibration errors on articles that the fit had not seen.
    """

    answerable_slope: float = 1.0
    answerable_intercept: float = 0.0
    fitted_prior: float = 0.5
    right_slope: float = 1.0
    right_intercept: float = 0.0
    answer_from: float | None = None
    answer_error: float | None = None
    no_answer_error: float | None = None

    def answerable(self, margin: float, prior: float) -> float:
        """Return the probability that the passages answer, for a prior share of answerable questions."""
        shift = _logit(prior) - _logit(self.fitted_prior)
        return _sigmoid(self.answerable_slope * margin + self.answerable_intercept + shift)

    def threshold(self, prior: float) -> float | None:
        """Return the probability of no answer that answer_from is for a prior; None where none was fitted."""
        return None if self.answer_from is None else 1 - self.answerable(self.answer_from, prior)

    def right(self, share: float) -> float:
        """Return the probability that a span is right if the passages answer; share is its softmax."""
        return _sigmoid(self.right_slope * _logit(share) + self.right_intercept)


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-12), 1 - 1e-12)
    return log(bounded) - log(1 - bounded)


def _sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value)) if value > -700 else 0.0
