"""Judgements → the official figures: F1 at the best threshold, recall at given precisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tritonqa.evaluate.natural_questions.judge import Judgement, Judgements

TARGETS = (0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Point:
    """What answering from this score on gives."""

    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Return the harmonic mean of precision and recall."""
        return ratio(2 * self.precision * self.recall, self.precision + self.recall)


@dataclass(frozen=True, slots=True)
class Curve:
    """The point of every score that was given, best scores first; pages is how many there are."""

    points: tuple[Point, ...]
    pages: int

    @classmethod
    def of(cls, judged: Sequence[Judgement]) -> Curve:
        """Answer from every score on, all ties of it together."""
        return cls(tuple(_points(judged)), len(judged))

    @property
    def best(self) -> Point:
        """Return the point of the highest F1, the first of several; all zero where nothing is right."""
        return max(self.points, key=lambda point: point.f1, default=_NONE) if self._any_right else _NONE

    @property
    def all_answered(self) -> Point:
        """Return the last point: every prediction counts, whatever its score."""
        return self.points[-1] if self.points else _NONE

    def at_precision(self, target: float) -> Point | None:
        """Return the first point of the highest recall at this precision or more; None where nothing is."""
        found = [point for point in self.points if point.precision >= target and point.recall > 0]
        return max(found, key=lambda point: point.recall, default=None)

    def at(self, threshold: float) -> Point:
        """Return what answering from a threshold on gives."""
        above = [point for point in self.points if point.threshold >= threshold]
        return Point(threshold, above[-1].precision, above[-1].recall) if above else Point(threshold, 0, 0)

    @property
    def _any_right(self) -> bool:
        return any(point.f1 > 0 for point in self.points)


_NONE = Point(0.0, 0.0, 0.0)


def figures(judged: Judgements) -> dict[str, Any]:
    """Return the official script's keys, from 0 to 1, and those of answering whatever the score."""
    found: dict[str, Any] = {}
    for kind, rows in (("long", judged.long), ("short", judged.short)):
        curve = Curve.of(rows)
        best = curve.best
        found |= {
            f"{kind}-best-threshold-f1": best.f1,
            f"{kind}-best-threshold-precision": best.precision,
            f"{kind}-best-threshold-recall": best.recall,
            f"{kind}-best-threshold": best.threshold,
        }
        for target in TARGETS:
            point = curve.at_precision(target) or _NONE
            found[f"{kind}-recall-at-precision>={target}"] = point.recall
            found[f"{kind}-precision-at-precision>={target}"] = point.precision
        everything = curve.all_answered
        found |= {
            f"{kind}-answer-n": curve.pages,
            f"{kind}-answer-f1": everything.f1,
            f"{kind}-answer-precision": everything.precision,
            f"{kind}-answer-recall": everything.recall,
        }
    return found


def null_figures(rows: Sequence[Judgement], threshold: float) -> dict[str, float]:
    """Return precision and recall of giving no answer, below a threshold or for want of one."""
    silent = [not (row.predicted and row.score >= threshold) for row in rows]
    right = sum(quiet and not row.gold for quiet, row in zip(silent, rows, strict=True))
    return {
        "precision": ratio(right, sum(silent)),
        "recall": ratio(right, sum(not row.gold for row in rows)),
    }


def _points(judged: Sequence[Judgement]) -> Iterator[Point]:
    wanted = sum(row.gold for row in judged)
    right = given = 0
    ordered = sorted(judged, key=lambda row: -row.score)
    for score, rows in groupby(ordered, key=lambda row: row.score):
        for row in rows:
            right += row.correct
            given += row.predicted
        yield Point(score, ratio(right, given), ratio(right, wanted))


def ratio(part: float, whole: float) -> float:
    """Divide; nothing by nothing is nothing."""
    return part / whole if whole else 0.0
