"""A question with its passage and gold answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Example:
    """One question; no answers means that its passage does not answer it.

    starts are the characters at which the answers stand in the context, -1 where the file does not say.
    accepted are what counts as right where that is more than what stands there, as in MRQA's files.
    """

    id: str
    title: str
    question: str
    context: str
    answers: tuple[str, ...]
    starts: tuple[int, ...] = ()
    accepted: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions and the official metric they are scored by: "1.1" or "2.0"."""

    version: str
    examples: tuple[Example, ...]


def require_text(examples: Iterable[Example]) -> None:
    """Raise InputError for a question or a context without text; predictions are scored without either."""
    for example in examples:
        for name in ("question", "context"):
            if not getattr(example, name).strip():
                raise InputError(
                    f"question {example.id}: field {name} is empty; fill it or leave the question out"
                )
