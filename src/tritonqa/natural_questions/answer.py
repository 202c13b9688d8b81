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
from tritonqa.natural_questions.passages import CandidatePassage
from tritonqa.spans import Decoding, Span, decode

_YES_NO = ("yes", "no")
SCORE = (
    "A score is log odds against the null, in one scale for all pages: a long answer's is the log of the sum "
    "of exp(span - null) over all spans of its candidate, a short answer's is span - null of its best span; "
    "a reader that knows answer types adds the log odds of any type but null, or of the type that is given."
)


@dataclass(frozen=True, slots=True)
class _Scored:
    """A candidate with the scores of its long and its short answer: its best span of words, or yes or no."""

    passage: CandidatePassage
    long: float
    short: float
    span: PageSpan
    kind: str


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
    best = max(found, key=lambda item: item.long)
    long = page.span(best.passage.span.start_token, best.passage.span.end_token)
    yes_no = best.kind.upper() if best.kind in _YES_NO else "NONE"
    short = () if best.kind in _YES_NO else (best.span,)
    notes = (("question", page.question), ("text", page.text(best.span) if short else yes_no))
    return Prediction(page.id, long, best.long, short, best.short, yes_no, notes)


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
                any_type, kind, odds = _type(found)
                short = (evidence.total if kind in _YES_NO else span.margin) + odds
                yield _Scored(candidates[index], evidence.total + any_type, short, page.span(*place), kind)
                break


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
