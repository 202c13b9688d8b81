"""Training examples → those that share nothing with what is held out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tritonqa.datasets import Example

WORDS, SHARED = 8, 0.1  # a passage that shares a tenth of its runs of eight words is a near duplicate


def clean(examples: Iterable[Example], held: Sequence[Example]) -> Iterator[Example]:
    """Drop examples of held-out articles, with held-out questions, and with passages that nearly are."""
    titles = {normal(example.title) for example in held if example.title}
    questions = {normal(example.question) for example in held}
    known = {run for context in {example.context for example in held} for run in runs(context)}
    judged: dict[str, bool] = {}
    for example in examples:
        if example.context not in judged:
            judged[example.context] = shares(example.context, known)
        held_out = normal(example.title or "") in titles or normal(example.question) in questions
        if not held_out and not judged[example.context]:
            yield example


def shares(context: str, known: set[tuple[str, ...]]) -> bool:
    """Say whether a passage is a near duplicate of the passages whose runs are known."""
    own = runs(context)
    return bool(own) and len(own & known) > SHARED * len(own)


def runs(text: str) -> set[tuple[str, ...]]:
    """Return the runs of eight words of a text; the whole of a shorter one."""
    words = normal(text).split()
    if len(words) < WORDS:
        return {tuple(words)} if words else set()
    return set(zip(*(islice(words, at, None) for at in range(WORDS)), strict=False))


def normal(text: str) -> str:
    """Return the words of a text in lower case, one space between them."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))
