"""What counts as an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from tritonqa.errors import InputError


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
        for name in ("top_k", "max_answer_tokens"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise InputError(f"{name} must be a whole number of at least 1, not {value!r}")
        if not _is_number(self.no_answer_threshold) or not 0 <= self.no_answer_threshold <= 1:
            raise InputError(f"no_answer_threshold must be from 0 to 1, not {self.no_answer_threshold!r}")
        if not _is_number(self.answerable_prior) or not 0 < self.answerable_prior < 1:
            raise InputError(f"answerable_prior must lie between 0 and 1, not {self.answerable_prior!r}")

    def changed(self, **changes: Unpack[AskOptions]) -> Decoding:
        """Return these options with the changes that are not None; raises InputError."""
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(self, **given)  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
