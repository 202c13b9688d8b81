"""Annotations and predictions → everything that is worth knowing of them, as one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tritonqa.checks import number
from tritonqa.datasets.natural_questions import Annotation, Prediction
from tritonqa.evaluate.natural_questions.competition import micro_f1
from tritonqa.evaluate.natural_questions.figures import figures, null_figures
from tritonqa.evaluate.natural_questions.judge import MAJORITY, Judgements, judge
from tritonqa.evaluate.natural_questions.losses import REASONS, Loss, losses
from tritonqa.evaluate.natural_questions.overlap import short_overlap


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The scores that long and short answers count from; None is the best F1's."""

    long: float | None = None
    short: float | None = None

    def __post_init__(self) -> None:
        """Raise InputError for what is no finite number, by name."""
        for name, value in (("long_threshold", self.long), ("short_threshold", self.short)):
            if value is not None:
                number(name, value)


@dataclass(frozen=True, slots=True)
class Report:
    """Figures in the official keys and further ones, how each answer was judged, why pages were lost."""

    figures: dict[str, Any]
    judged: Judgements
    losses: list[Loss]


def evaluate(
    gold: Mapping[int, Sequence[Annotation]],
    predictions: Mapping[int, Prediction],
    thresholds: Thresholds | None = None,
    least: int | None = None,
    *,
    missing_is_null: bool = False,
) -> Report:
    """Judge predictions of annotated pages.

    least is how many annotators must have an answer: where not given the official 2, or 1 where no page has
    more than one annotator. The competition's micro F1, the overlap of short answers, the figures of no
    answer and the losses are those from the thresholds on. Raises InputError as judge() does.
    """
    least = least or (MAJORITY if any(len(marked) > 1 for marked in gold.values()) else 1)
    judged = judge(gold, predictions, least, missing_is_null=missing_is_null)
    found = {"pages": len(gold), "least-annotators": least, **figures(judged)}
    wanted = thresholds or Thresholds()
    long, short = (
        found[f"{kind}-best-threshold"] if given is None else given
        for kind, given in (("long", wanted.long), ("short", wanted.short))
    )
    lost = losses(judged, gold, predictions, long, short)
    for kind, rows, start in (("long", judged.long, long), ("short", judged.short, short)):
        found |= {f"{kind}-gold": sum(row.gold for row in rows), f"{kind}-threshold": start}
        found |= {f"{kind}-null-{name}": value for name, value in null_figures(rows, start).items()}
        reasons = [getattr(loss, kind) for loss in lost]
        found[f"{kind}-losses"] = {reason: reasons.count(reason) for reason in REASONS}
    found |= short_overlap(judged.short, gold, predictions, short)
    return Report(found | micro_f1(judged, gold, predictions, long, short), judged, lost)
