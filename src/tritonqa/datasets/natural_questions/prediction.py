"""What a system says of one page."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tritonqa.datasets.natural_questions import fields
from tritonqa.datasets.natural_questions.page import NOWHERE, PageSpan
from tritonqa.errors import InputError

_SCORES = ("long_answer_score", "short_answers_score")
_KNOWN = ("example_id", "long_answer", "short_answers", "yes_no_answer", *_SCORES)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A page's long and short answer, each with the score that decides whether it counts.

    A short answer is spans, or yes or no. notes are further fields of its JSON, which no metric reads.
    """

    id: int
    long: PageSpan = NOWHERE
    long_score: float = 0.0
    short: tuple[PageSpan, ...] = ()
    short_score: float = 0.0
    yes_no: str = "NONE"
    notes: tuple[tuple[str, Any], ...] = ()

    @property
    def has_long(self) -> bool:
        """Say whether there is a long answer."""
        return not self.long.is_null

    @property
    def has_short(self) -> bool:
        """Say whether there is a short answer: a span, yes or no."""
        return self.yes_no != "NONE" or not all(span.is_null for span in self.short)

    def to_dict(self) -> dict[str, Any]:
        """Return the official JSON object."""
        return {
            "example_id": self.id,
            "long_answer": _offsets(self.long),
            "long_answer_score": self.long_score,
            "short_answers": [_offsets(span) for span in self.short],
            "short_answers_score": self.short_score,
            "yes_no_answer": self.yes_no,
            **dict(self.notes),
        }

    @classmethod
    def from_dict(cls, record: Any) -> Prediction:
        """Read the official JSON object; raises InputError that names the field."""
        fields.require_keys(record, ("example_id", *_SCORES), record)
        long = fields.span(record["long_answer"], "long_answer") if "long_answer" in record else NOWHERE
        short = fields.items(record, "short_answers") if "short_answers" in record else []
        spans = tuple(fields.span(item, f"short_answers[{i}]") for i, item in enumerate(short))
        scores = [_score(record, name) for name in _SCORES]
        notes = tuple((name, value) for name, value in record.items() if name not in _KNOWN)
        found = cls(
            fields.example_id(record), long, scores[0], spans, scores[1], fields.yes_no(record), notes
        )
        if found.yes_no != "NONE" and not all(span.is_null for span in spans):
            raise InputError("field yes_no_answer must be NONE where short_answers has spans")
        return found


def _offsets(span: PageSpan) -> dict[str, int]:
    return {name: getattr(span, name) for name in fields.OFFSETS}


def _score(record: dict[str, Any], name: str) -> float:
    value = record[name]
    if isinstance(value, int | float) and not isinstance(value, bool):
        with suppress(OverflowError):  # a whole number beyond any float
            if math.isfinite(found := float(value)):
                return found
    raise InputError(f"field {name} must be a finite number, not {value!r:.40}")
