"""Evidence → ranked answers in the words of the passages."""

from __future__ import annotations

import sys
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from math import exp

from tritonqa.answers.answer import Answer, Answers
from tritonqa.answers.calibration import Calibration
from tritonqa.features import Prepared
from tritonqa.spans import Decoding, Evidence, Span
from tritonqa.text import end_of_grapheme


def rank(
    prepared: Prepared, evidence: Evidence, calibration: Calibration | None, options: Decoding
) -> Answers:
    """Return the top_k answers, or none when no_answer is above the threshold.

    A score is P(answerable) · P(right | answerable); both from the calibration, or uncalibrated without.
    """
    known = calibration or Calibration()
    answerable = known.answerable(evidence.margin, options.answerable_prior)
    items: list[Answer] = []
    if 1 - answerable <= options.no_answer_threshold:
        for span, start, end in islice(_quotations(prepared, evidence), min(options.top_k, sys.maxsize)):
            text = prepared.ask.passages[span.passage][start:end]
            score = answerable * known.right(min(1.0, exp(span.margin - evidence.total)))
            items.append(Answer(text, start, end, score, span.passage))
    return Answers(
        prepared.ask.question, tuple(items), 1 - answerable, calibration is not None, prepared.question_cut
    )


def _quotations(prepared: Prepared, evidence: Evidence) -> Iterator[tuple[Span, int, int]]:
    """Give each span with its characters, marks and all but outer spaces; one of several tokens once."""
    tokens = {window.passage: window.tokens for window in prepared.windows}
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for span in evidence.spans:
        start, end = int(tokens[span.passage].starts[span.first]), int(tokens[span.passage].ends[span.last])
        passage = prepared.ask.passages[span.passage]
        end = end_of_grapheme(passage, end)
        text = passage[start:end]
        start, end = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
        if start < end and _claim(taken[span.passage], start, end):
            yield span, start, end


def _claim(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Add the characters start to end to those taken, kept sorted; False when one was taken already."""
    at = bisect(taken, (start, end))
    if (at and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] < end):
        return False
    taken.insert(at, (start, end))
    return True
