"""A page's logits → its prediction: every window of the page in one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tritonqa.arrays import FloatArray
from tritonqa.datasets.natural_questions import Page, PageSpan, Prediction
from tritonqa.features import Prepared, Window
from tritonqa.natural_questions.passages import CandidatePassage
from tritonqa.spans import Decoding, Span, decode

SCORE = (
    "A score is log odds against the null, in one scale for all pages: a long answer's is the log of the sum "
    "of exp(span - null) over all spans of its candidate, a short answer's is span - null of its best span."
)


@dataclass(frozen=True, slots=True)
class _Scored:
    """A candidate with the score of a long answer, and its best span of words."""

    passage: CandidatePassage
    score: float
    margin: float
    span: PageSpan


def answer(
    page: Page,
    candidates: Sequence[CandidatePassage],
    prepared: Prepared,
    logits: Sequence[FloatArray],
    options: Decoding,
) -> Prediction:
    """Take the candidate with the best score, and in it the best span.

    Both are given whatever they score: what counts is decided by a threshold. A page without a word in a
    candidate has no answer.
    """
    found = list(_scored(page, candidates, prepared, logits, options))
    if not found:
        return Prediction(page.id)
    best = max(found, key=lambda item: item.score)
    long = page.span(best.passage.span.start_token, best.passage.span.end_token)
    notes = (("text", page.text(best.span)), ("question", page.question))
    return Prediction(page.id, long, best.score, (best.span,), best.margin, notes=notes)


def _scored(
    page: Page,
    candidates: Sequence[CandidatePassage],
    prepared: Prepared,
    logits: Sequence[FloatArray],
    options: Decoding,
) -> Iterator[_Scored]:
    rows = zip(prepared.windows, logits, strict=True)
    for index, pairs in groupby(rows, key=lambda row: row[0].passage):
        windows, found = zip(*pairs, strict=True)
        evidence = decode(windows, found, options)
        for span in evidence.spans:
            place = _place(candidates[index], span, windows[0])
            if place is not None:
                yield _Scored(candidates[index], evidence.total, span.margin, page.span(*place))
                break


def _place(passage: CandidatePassage, span: Span, window: Window) -> tuple[int, int] | None:
    """Return the page's tokens of a span; None where it lies in what was written before the words."""
    start, end = int(window.tokens.starts[span.first]), int(window.tokens.ends[span.last])
    return passage.page_tokens(start, end) if end > passage.starts[0] else None
