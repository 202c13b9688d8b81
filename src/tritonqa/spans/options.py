"""What counts as an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from tritonqa.checks import check_fields, number, whole_number


class AskOptions(TypedDict, total=False):
    """What one ask may change in a reader's Decoding; None changes nothing."""

    top_k: int | None
    no_answer_threshold: float | None
    answerable_prior: float | None


@dataclass(frozen=True, slots=True)
class Decoding:
    """How many answers, how long in tokens, and when to give none.

    Answers are given while the probability of no answer is at most no_answer_threshold (1.0: always).
    answerable_prior is the share of questions that their passages answer, before any is read.
    """

    top_k: int = 1
    max_answer_tokens: int = 30
    no_answer_threshold: float = 0.5
    answerable_prior: float = 0.8

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, whole_number, "top_k", "max_answer_tokens", least=1)
        check_fields(self, number, "no_answer_threshold", least=0, most=1)
        check_fields(self, number, "answerable_prior", above=0, below=1)

    def changed(self, **changes: Unpack[AskOptions]) -> Decoding:
        """Return these options with the changes that are not None; raises InputError."""
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(self, **given) if given else self  # type: ignore[arg-type]
