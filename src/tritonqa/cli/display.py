"""Answers → what a terminal shows: each answer marked in its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import click

from tritonqa.answers import Answers

_REACH = 200  # characters of context on either side, at most
_BREAK = re.compile(r"(?<=[.!?])\s+|(?<=[\u3002\uff01\uff1f])|\n")  # U+3002 and on: 。！？
_VISIBLE = {code: " " if code in b"\t\n\r" else chr(0x2400 + code) for code in range(32)} | {127: "␡"}


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
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    breaks = list(_BREAK.finditer(before))
    stop = _BREAK.search(after)
    left = before[breaks[-1].end() :] if breaks else "…" * (start > _REACH) + before
    right = after[: stop.start()] if stop else after + "…" * (end + _REACH < len(text))
    return left.lstrip(), right.rstrip()


def visible(text: str) -> str:
    """Replace control characters, which a terminal would obey, by their pictures."""
    return text.translate(_VISIBLE)
