"""Scored windows of one ask → the dictionaries that the pipeline gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias, TypedDict

from tritonqa.arrays import FloatArray
from tritonqa.features import Prepared
from tritonqa.integrations.transformers.align import characters
from tritonqa.integrations.transformers.options import Options
from tritonqa.integrations.transformers.score import Scored, score

_SPARE = 10
_MORE = 4


class Found(TypedDict):
    """An answer: answer == context[start:end], or empty for no answer; score is from 0 to 1."""

    score: float
    start: int
    end: int
    answer: str


Result: TypeAlias = Found | list[Found]


def result(options: Options, prepared: Prepared, logits: Sequence[FloatArray]) -> Result:
    """Return the top_k answers, best first, or the only one there is.

    Where the likeliest spans hold fewer different answers than top_k, further spans are looked at.
    """
    count = 2 * options.top_k + _SPARE if options.align_to_words else options.top_k
    while True:
        scored = [
            score(window, both, options.max_answer_len, count)
            for window, both in zip(prepared.windows, logits, strict=True)
        ]
        answers = _answers(options, prepared, scored)
        if len(answers) >= options.top_k or all(window.complete for window in scored):
            break
        count *= _MORE
    answers = answers[: options.top_k] or [Found(score=0.0, start=0, end=0, answer="")]
    return answers[0] if len(answers) == 1 else answers


def _answers(options: Options, prepared: Prepared, scored: Sequence[Scored]) -> list[Found]:
    """Add up what the spans of the same words score, wherever they stand; the likeliest place is given."""
    context = prepared.ask.passages[0]
    places: defaultdict[str, defaultdict[tuple[int, int], float]] = defaultdict(lambda: defaultdict(float))
    for window, found in zip(prepared.windows, scored, strict=True):
        for first, last, chance in found.spans:
            start, end = characters(window, first, last, context, options.align_to_words)
            if start < end:
                places[context[start:end].lower()][start, end] += chance
    ranked = []
    for chances in places.values():
        start, end = max(chances, key=chances.__getitem__)
        ranked.append(Found(score=sum(chances.values()), start=start, end=end, answer=context[start:end]))
    if options.handle_impossible_answer:
        null = min((window.null for window in scored), default=1.0)
        ranked.append(Found(score=null, start=0, end=0, answer=""))
    ranked.sort(key=lambda answer: -answer["score"])
    for answer in ranked:
        answer["score"] = min(answer["score"], 1.0)
    return ranked
