"""Annotations and predictions → how much of short answers is right, token by token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tritonqa.datasets.natural_questions import Annotation, PageSpan, Prediction
from tritonqa.evaluate.natural_questions.figures import ratio
from tritonqa.evaluate.natural_questions.judge import Judgement


def short_overlap(
    judged: Sequence[Judgement],
    gold: Mapping[int, Sequence[Annotation]],
    predictions: Mapping[int, Prediction],
    short_from: float,
) -> dict[str, float]:
    """Return F1, precision and recall of short answers from a threshold on, a near one counted in part.

    A wrong span is worth the F1 of its tokens with those of the annotator it agrees with most; yes and no are
    right or wrong. The sum is divided by the answers given (precision) and by those wanted (recall).
    """
    given = [row for row in judged if row.predicted and row.score >= short_from]
    near = (row for row in given if row.gold and not row.correct)
    worth = sum(row.correct for row in given) + sum(_worth(gold[row.id], predictions[row.id]) for row in near)
    precision, recall = ratio(worth, len(given)), ratio(worth, sum(row.gold for row in judged))
    f1 = ratio(2 * precision * recall, precision + recall)
    return {"short-overlap-f1": f1, "short-overlap-precision": precision, "short-overlap-recall": recall}


def _worth(annotations: Sequence[Annotation], found: Prediction) -> float:
    ours, theirs = _places(found.short), [_places(item.short) for item in annotations]
    return max(ratio(2 * len(ours & one), len(ours) + len(one)) for one in theirs)


def _places(spans: Iterable[PageSpan]) -> frozenset[int]:
    """Return the tokens of spans; those that are known by their bytes alone have none."""
    return frozenset(
        place for span in spans for place in range(span.start_token, span.end_token) if place >= 0
    )
