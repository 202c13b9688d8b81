"""Annotations and predictions → the micro F1 of the competition "TensorFlow 2.0 Question Answering"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tritonqa.datasets.natural_questions import Annotation, Prediction
from tritonqa.evaluate.natural_questions.figures import ratio
from tritonqa.evaluate.natural_questions.judge import Judgement, Judgements, judge_short


def micro_f1(
    judged: Judgements,
    gold: Mapping[int, Sequence[Annotation]],
    predictions: Mapping[int, Prediction],
    long_from: float,
    short_from: float,
) -> dict[str, float]:
    """Return micro F1, precision and recall over all long and short answers, from two thresholds on.

    A right answer is a true positive, any other a false positive, none where there is one a false negative. A
    short answer is right where its first span is any of any annotator's, for the competition takes one alone.
    """
    short = [_first_span(row, gold[row.id], predictions.get(row.id)) for row in judged.short]
    rows = [(row, row.predicted and row.score >= long_from) for row in judged.long]
    rows += [(row, row.predicted and row.score >= short_from) for row in short]
    right = sum(answered and row.correct for row, answered in rows)
    given = sum(answered for _, answered in rows)
    missed = sum(row.gold and not answered for row, answered in rows)
    precision, recall = ratio(right, given), ratio(right, right + missed)
    f1 = ratio(2 * precision * recall, precision + recall)
    return {"micro-f1": f1, "micro-precision": precision, "micro-recall": recall}


def _first_span(row: Judgement, annotations: Sequence[Annotation], found: Prediction | None) -> Judgement:
    """Judge again by the first span alone, where there is one."""
    first = next((span for span in found.short if not span.is_null), None) if found else None
    if first is None or found is None or not row.gold:
        return row
    alone = [Annotation(item.long, (span,), "NONE") for item in annotations for span in item.short]
    single = Prediction(found.id, short=(first,), short_score=found.short_score)
    return judge_short(alone, single, least=0)
