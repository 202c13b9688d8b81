"""Example and windows → the spans that are right in each window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tritonqa.datasets import Example
from tritonqa.errors import InputError
from tritonqa.features import Tokens, Window

Span: TypeAlias = tuple[int, int]
NULL: Span = (0, 0)
UNMARKED: Span = (-100, -100)  # what torch's cross_entropy passes over


@dataclass(frozen=True, slots=True)
class Labelled:
    """A window and its right spans: first and last token, counted in the window; NULL where it has none.

    Spans that are UNMARKED teach nothing. answer_type is the place of its kind among ANSWER_TYPES, where the
    model learns that too.
    """

    window: Window
    spans: tuple[Span, ...]
    answer_type: int = UNMARKED[0]


def label(example: Example, windows: Sequence[Window]) -> list[Labelled]:
    """Label the windows of an example; raises InputError for an answer that is not in its context."""
    gold = [_tokens_of(example, text, start, windows[0].tokens) for text, start in _places(example)]
    return [Labelled(window, _inside(window, gold) or (NULL,)) for window in windows]


def problem(example: Example) -> str | None:
    """Say what is wrong with an example's answers; None where each stands in the context where it should."""
    for text, stated in zip(example.answers, example.starts, strict=True):
        if not text.strip():
            return f"answer {text!r} holds no text"
        if stated < 0 and text not in example.context:
            return f"{text!r:.60} is not in the context"
        if stated >= 0 and not example.context.startswith(text, stated):
            return f"{text!r:.60} is not in the context at {stated}"
    return None


def _places(example: Example) -> set[tuple[str, int]]:
    if wrong := problem(example):
        raise InputError(f"answers of question {example.id}: {wrong}")
    pairs = zip(example.answers, example.starts, strict=True)
    return {(text, example.context.find(text) if start < 0 else start) for text, start in pairs}


def _tokens_of(example: Example, text: str, start: int, tokens: Tokens) -> Span:
    first = int(np.searchsorted(tokens.ends, start, side="right"))
    last = int(np.searchsorted(tokens.starts, start + len(text), side="left")) - 1
    if first > last:
        raise InputError(f"answers of question {example.id}: {text!r} holds no token of the model")
    return first, last


def _inside(window: Window, gold: Sequence[Span]) -> tuple[Span, ...]:
    shift = window.first - window.start
    inside = (span for span in gold if window.start <= span[0] and span[1] < window.stop)
    return tuple(sorted((first + shift, last + shift) for first, last in inside))
