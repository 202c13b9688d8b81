"""Page, prediction and thresholds → why a question was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tritonqa.datasets.natural_questions import Annotation, PageSpan, Prediction
from tritonqa.evaluate.natural_questions.judge import Judgement, Judgements, has_short

RIGHT, NULL, CANDIDATE, SPAN, TYPE = "right", "null threshold", "wrong candidate", "wrong span", "wrong type"
REASONS = (RIGHT, NULL, CANDIDATE, SPAN, TYPE)


@dataclass(frozen=True, slots=True)
class Loss:
    """What became of a page's long and short answer: right, or the reason of the loss."""

    id: int
    long: str
    short: str


def losses(
    judged: Judgements,
    gold: Mapping[int, Sequence[Annotation]],
    predictions: Mapping[int, Prediction],
    long_from: float,
    short_from: float,
) -> list[Loss]:
    """Say of every page why it was lost, answered from two thresholds on.

    null threshold: a right answer held back, or any where there is none. wrong candidate: another part of
    the page than any annotator's. wrong span: the right part, other words. wrong type: yes or no for words,
    words for yes or no, or a short answer where the annotators have none in their long one.
    """
    found = []
    for long, short in zip(judged.long, judged.short, strict=True):
        annotations, prediction = gold[long.id], predictions.get(long.id) or Prediction(long.id)
        why = _by_threshold(short, short_from)
        if why is None or (why == NULL and long.gold and not short.gold):
            why = _wrong(short, annotations, prediction)
        found.append(Loss(long.id, _by_threshold(long, long_from) or CANDIDATE, why))
    return found


def _by_threshold(row: Judgement, threshold: float) -> str | None:
    """Return RIGHT, or NULL where another threshold would be right; None for another answer."""
    answered = row.predicted and row.score >= threshold
    if (answered and row.correct) or not (answered or row.gold):
        return RIGHT
    return NULL if row.correct or not (row.gold and row.predicted) else None


def _wrong(row: Judgement, annotations: Sequence[Annotation], found: Prediction) -> str:
    if not row.gold:
        return TYPE
    asked_yes_no = any(item.yes_no != "NONE" for item in annotations)
    spans = [item for item in annotations if not all(span.is_null for span in item.short)]
    if found.yes_no != "NONE":
        return CANDIDATE if asked_yes_no and not _same_part(annotations, found) else TYPE
    if not spans:
        return TYPE
    return SPAN if _inside(spans, found.short) or _same_part(spans, found) else CANDIDATE


def _same_part(annotations: Sequence[Annotation], found: Prediction) -> bool:
    return any(item.long.matches(found.long) for item in annotations if has_short(item))


def _inside(annotations: Sequence[Annotation], spans: Sequence[PageSpan]) -> bool:
    """Say whether every span lies in the long answer of one annotator."""
    return any(all(_holds(item.long, span) for span in spans) for item in annotations)


def _holds(outer: PageSpan, inner: PageSpan) -> bool:
    if outer.start_token >= 0 and inner.start_token >= 0:
        return outer.start_token <= inner.start_token and inner.end_token <= outer.end_token
    return 0 <= outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte
