"""Answers → what a terminal shows: each answer marked in its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from tritonqa.answers import Answers
from tritonqa.text.sentence import REACH, sentence_around

_VISIBLE = {code: " " if code in b"\t\n\r" else chr(0x2400 + code) for code in range(32)} | {127: "␡"}
_VISIBLE |= dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), "\ufffd")


def lines(answers: Answers, passages: Sequence[str]) -> Iterator[str]:
    """Give two lines an answer: text, probability and place; then its sentence."""
    if not answers:
        yield f"no answer (probability {answers.no_answer:.0%})"
    for answer in answers:
        before, after = surroundings(passages[answer.passage], answer.start, answer.end)
        text = visible(answer.text)
        place = f"passage {answer.passage}, characters {answer.start} to {answer.end}"
        yield f"{click.style(text, bold=True)}   {answer.score:.0%}   {place}"
        yield f"  {visible(before)}{click.style(text, reverse=True)}{visible(after)}"


def surroundings(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after in the sentence; … where that is cut."""
    begin, stop = sentence_around(text, start, end)
    left, right = text[begin:start], text[end:stop]
    return "…" * (start - begin >= REACH) + left, right + "…" * (stop - end >= REACH)


def visible(text: str) -> str:
    """Replace control characters, which a terminal would obey, by their pictures, or U+FFFD.

    Halves of surrogate pairs, which stand for bytes of a name that is not UTF-8, become U+FFFD.
    """
    return text.translate(_VISIBLE)
