"""Evidence → ranked answers in the words of the passages."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from math import exp

from tritonqa.answers.answer import Answer, Answers
from tritonqa.answers.calibration import Calibration
from tritonqa.answers.merge import Found, copies, merged, with_places
from tritonqa.answers.wordless import is_wordless
from tritonqa.features import Prepared
from tritonqa.spans import Decoding, Evidence, Span
from tritonqa.text import sentence_around, whole_graphemes


def rank(
    prepared: Prepared, evidence: Evidence, calibration: Calibration | None, options: Decoding
) -> Answers:
    """Return the top_k answers, or none when no_answer is above the threshold.

    A score is P(answerable) · P(right | answerable); both from the calibration, or uncalibrated without. The
    same evidence given twice is one answer, and its score is that of giving it once.
    """
    known = calibration or Calibration()
    answerable = known.answerable(evidence.margin, options.answerable_prior)
    items: list[Answer] = []
    if 1 - answerable <= options.no_answer_threshold:
        copied = copies(prepared.ask.passages)
        for found in _found(prepared, evidence, options):
            score = answerable * known.right(min(1.0, exp(found.margin - evidence.total)))
            if score >= options.min_score:
                items.append(_answer(prepared, copied, found, score))
    answers = Answers(
        prepared.ask.question, tuple(items), 1 - answerable, calibration is not None, prepared.question_cut
    )
    return answers.of(prepared.ask)


def _answer(prepared: Prepared, copied: Mapping[str, Sequence[int]], found: Found, score: float) -> Answer:
    passage = prepared.ask.passages[found.passage]
    begin, stop = sentence_around(passage, found.start, found.end)
    return Answer(
        passage[found.start : found.end],
        found.start,
        found.end,
        score,
        found.passage,
        passage[begin:stop],
        begin,
        places=with_places(prepared.ask.passages, copied, found),
    )


def _found(prepared: Prepared, evidence: Evidence, options: Decoding) -> list[Found]:
    passages = prepared.ask.passages
    if options.per_passage:
        firsts = (islice(_quotations(prepared, spans), 1) for spans in evidence.passages)
        return sorted(chain.from_iterable(firsts), key=lambda found: -found.margin)
    return merged(_quotations(prepared, evidence.spans), passages, options.top_k)


def _quotations(prepared: Prepared, spans: Iterable[Span]) -> Iterator[Found]:
    """Give each span in whole characters, without outer spaces; those of one character once."""
    tokens = {window.passage: window.tokens for window in prepared.windows}
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for span in spans:
        of = tokens[span.passage]
        passage = prepared.ask.passages[span.passage]
        start, end = whole_graphemes(passage, int(of.starts[span.first]), int(of.ends[span.last]))
        text = passage[start:end]
        start, end = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
        if start >= end or is_wordless(passage[start:end]) or not _claim(taken[span.passage], start, end):
            continue
        yield Found(span.passage, start, end, span.margin)


def _claim(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Add the characters start to end to those taken, kept sorted; False when one was taken already."""
    at = bisect(taken, (start, end))
    if (at and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] < end):
        return False
    taken.insert(at, (start, end))
    return True
