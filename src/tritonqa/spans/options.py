"""What counts as an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from tritonqa.checks import check_fields, flag, number, whole_number
from tritonqa.errors import InputError


class AskOptions(TypedDict, total=False):
    """What one ask may change in a reader's Decoding; None changes nothing."""

    top_k: int | None
    max_answer_tokens: int | None
    min_score: float | None
    per_passage: bool | None
    no_answer_threshold: float | None
    answerable_prior: float | None


@dataclass(frozen=True, slots=True)
class Decoding:
    """How many answers, how long in tokens, and when to give none.

    min_score is the least score of an answer that is given. per_passage gives the best answer of each
    passage, whatever top_k is.
    Answers are given while the probability of no answer is at most no_answer_threshold (1.0: always).
    answerable_prior is the share of questions that their passages answer, before any is read.
    """

    top_k: int = 1
    max_answer_tokens: int = 30
    no_answer_threshold: float = 0.5
    answerable_prior: float = 0.8
    min_score: float = 0.0
    per_passage: bool = False

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, whole_number, "top_k", "max_answer_tokens", least=1)
        check_fields(self, number, "no_answer_threshold", "min_score", least=0, most=1)
        check_fields(self, flag, "per_passage")
        check_fields(self, number, "answerable_prior", above=0, below=1)

    def changed(self, **changes: Unpack[AskOptions]) -> Decoding:
        """Return these options with the changes that are not None; raises InputError by name."""
        if unknown := changes.keys() - AskOptions.__annotations__.keys():
            known = ", ".join(AskOptions.__annotations__)
            raise InputError(
                f"option {min(unknown)!r} is unknown; the options of an ask are {known}", min(unknown)
            )
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(self, **given) if given else self  # type: ignore[arg-type]
