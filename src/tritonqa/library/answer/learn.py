"""Answers that are known to be right or wrong → what a judge weighs.

What competes are answers to one question, so how much their passages count beside what the reader says of
them is fitted within questions (a conditional logit, McFadden 1974); how likely the best is right, over all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from tritonqa.arrays import FloatArray
from tritonqa.library.answer.judge import Model, weighed

Weights: TypeAlias = Mapping[str, float]

FOLDS = 5
_OF_READER = ("answerable", "share")  # what else models weigh is of the passage
_STEPS, _RATE = 1_200, 0.3  # of the ascent within questions
_NEWTON = 60


@dataclass(frozen=True, slots=True)
class Observed:
    """The answers to a question, what is known of each and whether it is right.

    gone says that what answers it was hidden: none is.
    """

    question: int
    gone: bool
    answers: Sequence[tuple[Weights, bool]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer that a model took for the best: whether it is right, and the log odds that one is."""

    gone: bool
    right: bool
    odds: float


def learn(seen: Sequence[Observed], before: Model, ridge: float) -> Model:
    """Fit a model; ridge holds each weight to what it was before."""
    present = [one.answers for one in seen if not one.gone]
    share = before.right["share"]
    place = {
        name: weight / share for name, weight in before.right.items() if name not in (*_OF_READER, "bias")
    }
    ratios = _within([answers for answers in present if any(right for _, right in answers)], place, ridge)
    rows = [
        {**known, "share": known["share"] + weighed(ratios, known)}
        for answers in present
        for known, _ in answers
    ]
    came = [right for answers in present for _, right in answers]
    right = _logistic(rows, {name: before.right[name] for name in (*_OF_READER, "bias")}, came, ridge)
    right |= {name: ratio * right["share"] for name, ratio in ratios.items()}
    best = [best_of(one, right)[0] for one in seen]
    return Model(right, _logistic(best, before.answered, [not one.gone for one in seen], ridge))


def judged(seen: Sequence[Observed], model: Model) -> list[Verdict]:
    """Say what a model makes of what was observed."""
    found = []
    for one in seen:
        known, right = best_of(one, model.right)
        found.append(Verdict(one.gone, right, weighed(model.answered, known)))
    return found


def crossed(seen: Sequence[Observed], fit: Callable[[Sequence[Observed]], Model]) -> list[Verdict]:
    """Say of each fifth of the questions what a model makes of it that was fitted on the others."""
    found = []
    for fold in range(FOLDS):
        model = fit([one for one in seen if one.question % FOLDS != fold])
        found += judged([one for one in seen if one.question % FOLDS == fold], model)
    return found


def best_of(one: Observed, right: Weights) -> tuple[Weights, bool]:
    """Return the answer that is likeliest right by these weights."""
    return max(one.answers, key=lambda answer: weighed(right, answer[0]))


def _within(
    groups: Sequence[Sequence[tuple[Weights, bool]]], before: Weights, ridge: float
) -> dict[str, float]:
    """Return how much what is known of a passage counts beside the log odds of an answer's share.

    By gradient ascent on the chance that a softmax over each question's answers gives to the right ones.
    """
    names = ("share", *before)
    most = max(map(len, groups), default=0)
    x = np.zeros((len(groups), most, len(names)))  # [questions, answers, weights]
    there, right = (np.zeros((len(groups), most), bool) for _ in range(2))
    for i, group in enumerate(groups):
        x[i, : len(group)] = [[known[name] for name in names] for known, _ in group]
        there[i, : len(group)] = True
        right[i, : len(group)] = [came for _, came in group]
    start = np.array([1.0, *before.values()])
    weights = start.copy()
    for _ in range(_STEPS if groups else 0):
        odds = x @ weights
        slope = np.einsum("qa,qaw->w", _softmax(odds, right) - _softmax(odds, there), x)
        weights = weights + _RATE * (slope - ridge * (weights - start)) / (len(groups) + ridge)
    return dict(zip(before, (weights[1:] / weights[0]).tolist(), strict=True))


def _softmax(odds: FloatArray, among: NDArray[np.bool_]) -> FloatArray:
    """Share 1 among some of each row's places; each row has one at least."""
    shifted = np.where(among, odds, -np.inf)
    chance = np.exp(shifted - shifted.max(1, keepdims=True))
    found: FloatArray = chance / chance.sum(1, keepdims=True)
    return found


def _logistic(
    rows: Sequence[Weights], before: Weights, came: Sequence[bool], ridge: float
) -> dict[str, float]:
    """Fit by Newton's method, each step as long as it helps; the bias is held a tenth as much."""
    names = [name for name in before if name != "bias"]
    x = np.array([[row[name] for name in names] + [1.0] for row in rows])
    start: FloatArray = np.array([before[name] for name in (*names, "bias")])
    held = ridge * np.array([1.0] * len(names) + [0.1])
    target = np.array(came, float)

    def cost(weights: FloatArray) -> float:
        losses = np.logaddexp(0, np.where(target > 0, -1, 1) * (x @ weights))
        return float(losses.sum() + held @ (weights - start) ** 2 / 2)

    weights = start
    for _ in range(_NEWTON):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -500, 500)))
        slope = x.T @ (target - chance) - held * (weights - start)
        step = np.linalg.solve(x.T @ (x * (chance * (1 - chance))[:, None]) + np.diag(held), slope)
        while cost(weights + step) > cost(weights):
            step = step / 2
        weights = weights + step
    return dict(zip((*names, "bias"), weights.tolist(), strict=True))
