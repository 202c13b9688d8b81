"""Annotations and a prediction → right or wrong, exactly as the official script judges.

Source: nq_eval.py and eval_utils.py of the PyPI package natural-questions 1.0.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tritonqa.datasets.natural_questions import Annotation, PageSpan, Prediction
from tritonqa.errors import InputError

MAJORITY = 2  # annotators who must have marked an answer, of five


@dataclass(frozen=True, slots=True)
class Judgement:
    """An answer of a page: whether annotators have one, whether one was predicted, is right; its score."""

    id: int
    gold: bool
    predicted: bool
    correct: bool
    score: float


@dataclass(frozen=True, slots=True)
class Judgements:
    """The long and the short answers of the same pages, in the order of the pages."""

    long: tuple[Judgement, ...]
    short: tuple[Judgement, ...]


def judge(
    gold: Mapping[int, Sequence[Annotation]],
    predictions: Mapping[int, Prediction],
    least: int = MAJORITY,
    *,
    missing_is_null: bool = False,
) -> Judgements:
    """Judge the prediction of every page; least annotators must have marked an answer for there to be one.

    Raises InputError for pages without a prediction and predictions without a page, as the official script
    does; missing_is_null counts the first as no answer, scored below all others, and leaves the second out.
    """
    if not missing_is_null:
        _check_ids(gold, predictions)
    scores = [score for p in predictions.values() for score in (p.long_score, p.short_score)]
    lowest = min(scores, default=0.0) - 1
    long, short = [], []
    for page, marked in gold.items():
        found = predictions.get(page) or Prediction(page, long_score=lowest, short_score=lowest)
        long.append(judge_long(marked, found, least))
        short.append(judge_short(marked, found, least))
    return Judgements(tuple(long), tuple(short))


def judge_long(annotations: Sequence[Annotation], found: Prediction, least: int = MAJORITY) -> Judgement:
    """Judge a long answer: right where it is that of any annotator, if enough of them have one."""
    marked = [item.long for item in annotations if not item.long.is_null]
    gold = len(marked) >= least
    correct = gold and found.has_long and any(span.matches(found.long) for span in marked)
    return Judgement(found.id, gold, found.has_long, correct, found.long_score)


def judge_short(annotations: Sequence[Annotation], found: Prediction, least: int = MAJORITY) -> Judgement:
    """Judge a short answer: right where all its spans, or its yes or no, are those of any annotator."""
    gold = sum(map(has_short, annotations)) >= least
    if not gold or not found.has_short:
        correct = False
    elif found.yes_no != "NONE":
        correct = any(item.yes_no == found.yes_no for item in annotations)
    else:
        correct = any(same_spans(item.short, found.short) for item in annotations)
    return Judgement(found.id, gold, found.has_short, correct, found.short_score)


def has_short(annotation: Annotation) -> bool:
    """Say whether an annotator marked a short answer: a span, yes or no."""
    return annotation.yes_no != "NONE" or not all(span.is_null for span in annotation.short)


def same_spans(ours: Sequence[PageSpan], theirs: Sequence[PageSpan]) -> bool:
    """Say whether each span of either set matches one of the other's, null ones aside."""
    left, right = ([span for span in spans if not span.is_null] for spans in (ours, theirs))
    return all(any(a.matches(b) for b in right) for a in left) and all(
        any(a.matches(b) for a in left) for b in right
    )


def _check_ids(gold: Mapping[int, object], predictions: Mapping[int, object]) -> None:
    for what, ids in (
        ("pages have no prediction", gold.keys() - predictions.keys()),
        ("predictions are of unknown pages", predictions.keys() - gold.keys()),
    ):
        if ids:
            raise InputError(
                f"{len(ids)} {what}, such as {min(ids)}; predict all pages of these files and no others, "
                "or count what is missing as null (--missing-is-null)"
            )
