"""Reader and held-out questions → the curves that make its scores probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tritonqa.answers import Calibration
from tritonqa.arrays import FloatArray
from tritonqa.datasets import Example
from tritonqa.evaluate import exact, expected_calibration_error, f1
from tritonqa.features import Prepared
from tritonqa.progress import Step
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.stream import in_order
from tritonqa.spans import decode
from tritonqa.text import Ask, whole_graphemes
from tritonqa.train.split import groups

Array: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]

LEAST = 100  # questions of either kind, below which a curve is a guess
_LEAST_GROUPS = 5
_CUTS = 200


@dataclass(frozen=True, slots=True)
class Observed:
    """What n questions gave, each [n].

    margin of the best span above the null; odds, the log odds of that span among all; exact and f1 of its
    text against the gold answers; whether the question has any; the group it is left out with.
    """

    margin: Array
    odds: Array
    exact: Array
    f1: Array
    answerable: Mask
    group: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class CrossFit:
    """Figures of each group by curves and a threshold that the other groups gave; exact and f1 in percent."""

    exact: float
    f1: float
    answer_error: float
    no_answer_error: float


def enough(examples: Sequence[Example]) -> bool:
    """Say whether there are questions enough of both kinds, with answers and without, in several groups."""
    answered = sum(bool(example.answers) for example in examples)
    kinds = min(answered, len(examples) - answered)
    return kinds >= LEAST and len(set(groups(examples))) >= _LEAST_GROUPS


def calibrate(
    reader: InProcess, examples: Sequence[Example], step: Step | None = None
) -> tuple[Calibration, CrossFit]:
    """Fit on all examples; what is reported for a group comes from a fit on the others."""
    seen = observe(reader, examples, step)
    found = cross_fit(seen)
    errors = {"answer_error": found.answer_error, "no_answer_error": found.no_answer_error}
    return replace(fit_curves(seen), **errors), found


def observe(reader: InProcess, examples: Sequence[Example], step: Step | None = None) -> Observed:
    """Ask every question of its passage."""
    rows = []
    for row in _rows(reader, examples):
        rows.append(row)
        if step is not None:
            step(len(rows), len(examples))
    margin, odds, hit, overlap = np.array(rows, np.float64).T
    answerable = np.array([bool(example.answers) for example in examples])
    return Observed(margin, odds, hit, overlap, answerable, np.array(groups(examples)))


def fit_curves(seen: Observed, rows: Mask | None = None) -> Calibration:
    """Fit both curves on some of the questions, or on all."""
    chosen = np.ones(len(seen.margin), bool) if rows is None else rows
    kept = chosen & seen.answerable
    slope, intercept = _logistic(seen.margin[chosen], seen.answerable[chosen])
    right, base = _logistic(seen.odds[kept], seen.exact[kept])
    share = round(float(seen.answerable[chosen].mean()), 6)
    return Calibration(slope, intercept, share, right, base, round(_threshold(seen, chosen), 6))


def cross_fit(seen: Observed) -> CrossFit:
    """Judge each group by what the others teach."""
    answer, nothing = np.zeros((2, len(seen.margin)))
    for group in np.unique(seen.group):
        rows = seen.group == group
        known = fit_curves(seen, ~rows)
        chance = np.array([known.answerable(margin, known.fitted_prior) for margin in seen.margin[rows]])
        right = np.array([known.right(share) for share in 1 / (1 + np.exp(-seen.odds[rows]))])
        answer[rows], nothing[rows] = chance * right, 1 - chance
    scores = [100 * float(values.mean()) for values in cross_score(seen)]
    errors = (
        expected_calibration_error(answer, seen.exact * seen.answerable),
        expected_calibration_error(nothing, ~seen.answerable),
    )
    return CrossFit(scores[0], scores[1], *(round(error, 4) for error in errors))


def cross_score(seen: Observed) -> tuple[Array, Array]:
    """Return exact and f1 of each question, [n], answered from the margin on that the other groups gave."""
    answered = np.zeros(len(seen.margin), bool)
    for group in np.unique(seen.group):
        rows = seen.group == group
        answered[rows] = seen.margin[rows] >= _threshold(seen, ~rows)
    return _value(seen, seen.exact, answered), _value(seen, seen.f1, answered)


def _rows(reader: InProcess, examples: Sequence[Example]) -> Iterator[tuple[float, float, float, float]]:
    """Keep the flow filled with as many asks as it looks ahead."""
    found = in_order(examples, partial(_start, reader), reader.lookahead)
    for example, (margin, odds, text) in zip(examples, found, strict=True):
        golds = example.answers or ("",)
        yield margin, odds, max(exact(g, text) for g in golds), max(f1(g, text) for g in golds)


def _start(reader: InProcess, example: Example) -> Future[tuple[float, float, str]]:
    prepared = reader.prepare(Ask.of(example.question, example.context))
    return reader.flow.submit(prepared.windows, lambda logits: _best(reader, prepared, logits))


def _best(reader: InProcess, prepared: Prepared, logits: list[FloatArray]) -> tuple[float, float, str]:
    """Return the margin, the log odds and the text of the best span."""
    evidence = decode(prepared.windows, logits, reader.decoding)
    span = next(evidence.spans)
    share = min(float(np.exp(span.margin - evidence.total)), 1 - 1e-12)
    tokens = prepared.windows[0].tokens
    passage = prepared.ask.passages[0]
    start, end = whole_graphemes(passage, int(tokens.starts[span.first]), int(tokens.ends[span.last]))
    text = passage[start:end]
    return evidence.margin, float(np.log(share) - np.log1p(-share)), text


def _threshold(seen: Observed, rows: Mask) -> float:
    """Return the margin from which to answer, best for F1, both kinds of questions weighing the same.

    SQuAD 2.0's dev set, and what is published on it, has as many without an answer as with one; its training
    set has half as many.
    """
    cuts = np.quantile(seen.margin, np.linspace(0, 1, _CUTS))
    kinds = [rows & kind for kind in (seen.answerable, ~seen.answerable) if (rows & kind).any()]
    values = [sum(_value(seen, seen.f1, seen.margin >= cut)[kind].mean() for kind in kinds) for cut in cuts]
    return float(cuts[int(np.argmax(values))])


def _value(seen: Observed, raw: Array, answered: Mask) -> Array:
    return np.where(answered, raw * seen.answerable, ~seen.answerable)


def _logistic(x: Array, y: npt.ArrayLike) -> tuple[float, float]:
    """Fit slope and intercept by Newton's method (Platt 1999)."""
    design, came, weights = np.stack((x, np.ones_like(x)), 1), np.asarray(y, np.float64), np.zeros(2)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ weights))
        curvature = design.T @ (design * (chance * (1 - chance))[:, None]) + 1e-6 * np.eye(2)
        weights = weights + np.linalg.solve(curvature, design.T @ (came - chance))
    return round(float(weights[0]), 6), round(float(weights[1]), 6)
