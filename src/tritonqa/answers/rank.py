"""Evidence → ranked answers in the words of the passages."""

from __future__ import annotations

from math import exp

from tritonqa.answers.answer import Answer, Answers
from tritonqa.answers.calibration import Calibration
from tritonqa.features import Prepared
from tritonqa.spans import Decoding, Evidence, Span


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
        tokens = {window.passage: window.tokens for window in prepared.windows}
        for span in evidence.spans:
            start, end = (
                int(tokens[span.passage].starts[span.first]),
                int(tokens[span.passage].ends[span.last]),
            )
            text = prepared.ask.passages[span.passage][start:end]
            shared = any(a.passage == span.passage and a.start < end and start < a.end for a in items)
            if text.strip() and not shared:  # tokens of one character are several, its answer is one
                score = answerable * known.right(_share(span, evidence))
                lead = len(text) - len(text.lstrip())
                text = text.strip()
                items.append(Answer(text, start + lead, start + lead + len(text), score, span.passage))
            if len(items) == options.top_k:
                break
    return Answers(
        prepared.ask.question, tuple(items), 1 - answerable, calibration is not None, prepared.question_cut
    )


def _share(span: Span, evidence: Evidence) -> float:
    return min(1.0, exp(span.margin - evidence.total))
