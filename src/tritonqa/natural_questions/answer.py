"""A page's logits → its prediction: every window of the page in one scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.datasets.natural_questions import Page, PageSpan, Prediction
from tritonqa.engine.answer_types import ANSWER_TYPES, answer_type_logits
from tritonqa.features import Prepared, Window
from tritonqa.natural_questions.few_words import few_words
from tritonqa.natural_questions.passages import CandidatePassage
from tritonqa.spans import Decoding, Span, decode

_YES_NO = ("yes", "no")
SCORE = (
    "A score is log odds against the null and all else on the page, in one scale for all pages. An answer "
    "weighs exp(span - null), a long one the sum of that over all spans of its candidate; its odds are its "
    "weight over 1 and the weights of all other spans. A reader that knows answer types adds the log odds of "
    "any type but null, or of the type that is given."
)


@dataclass(frozen=True, slots=True)
class _Scored:
    """A candidate: the log weights of all its spans and of its best, and the log odds of its types."""

    passage: CandidatePassage
    total: float
    margin: float
    span: PageSpan
    any_type: float
    kind: str
    odds: float

    def long(self, page: float) -> float:
        """Return the score of its long answer on a page of this log weight."""
        return _odds(self.total, page) + self.any_type

    def short(self, page: float) -> float:
        """Return the score of its short answer: its best span of words, or yes or no."""
        return _odds(self.total if self.kind in _YES_NO else self.margin, page) + self.odds


def answer(
    page: Page,
    candidates: Sequence[CandidatePassage],
    prepared: Prepared,
    logits: Sequence[FloatArray],
    options: Decoding,
    longest: int | None = None,
) -> Prediction:
    """Take the candidate with the best score, and in it the best span, of at most so many words of the page.

    Both are given whatever they score: what counts is decided by a threshold. A page without a word in a
    candidate has no answer.
    """
    found = list(_scored(page, candidates, prepared, logits, options, longest))
    if not found:
        return Prediction(page.id)
    weight = float(np.logaddexp.reduce([item.total for item in found]))
    best = max(found, key=lambda item: item.long(weight))
    long = page.span(best.passage.span.start_token, best.passage.span.end_token)
    yes_no = best.kind.upper() if best.kind in _YES_NO else "NONE"
    short = () if best.kind in _YES_NO else (best.span,)
    notes = (("question", page.question), ("text", page.text(best.span) if short else yes_no))
    return Prediction(page.id, long, best.long(weight), short, best.short(weight), yes_no, notes)


def _scored(
    page: Page,
    candidates: Sequence[CandidatePassage],
    prepared: Prepared,
    logits: Sequence[FloatArray],
    options: Decoding,
    longest: int | None,
) -> Iterator[_Scored]:
    rows = zip(prepared.windows, logits, strict=True)
    for index, pairs in groupby(rows, key=lambda row: row[0].passage):
        windows, found = zip(*pairs, strict=True)
        evidence = decode(windows, found, options)
        spans = evidence.spans
        if longest is not None:
            spans = few_words(candidates[index], windows, found, longest, options.max_answer_tokens)
        for span in spans:
            place = _place(candidates[index], span, windows[0])
            if place is not None:
                found_span = page.span(*place)
                yield _Scored(candidates[index], evidence.total, span.margin, found_span, *_type(found))
                break


def _odds(own: float, page: float) -> float:
    """Return the log odds of a part of a page against the rest of it and the null, whose log weight is 0."""
    rest = page + np.log1p(-np.exp(own - page)) if own < page else -np.inf
    return own - float(np.logaddexp(0.0, rest))


def _type(logits: Sequence[FloatArray]) -> tuple[float, str, float]:
    """Return log odds of any type but null, and the likelier of yes, no and short with its own.

    They are those of the window where any type is likeliest; nothing, short and nothing without a head.
    """
    rows = [types for found in logits if (types := answer_type_logits(found)) is not None]
    if not rows:
        return 0.0, "short", 0.0
    odds = np.array(rows, np.float64)
    odds -= odds[:, :1]  # [windows, types]
    present = np.logaddexp.reduce(odds[:, 1:], axis=1)
    best = odds[int(present.argmax())]
    kind = max(("yes", "no", "short"), key=lambda name: best[ANSWER_TYPES.index(name)])
    return float(present.max()), kind, float(best[ANSWER_TYPES.index(kind)])


def _place(passage: CandidatePassage, span: Span, window: Window) -> tuple[int, int] | None:
    """Return the page's tokens of a span; None where it lies in what was written before the words."""
    start, end = int(window.tokens.starts[span.first]), int(window.tokens.ends[span.last])
    return passage.page_tokens(start, end) if end > passage.starts[0] else None
