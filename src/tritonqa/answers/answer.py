"""An answer, and the answers of one ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, overload

from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Answer:
    """A quotation: `text == passages[passage][start:end]`; score is the probability that it is right."""

    text: str
    start: int
    end: int
    score: float
    passage: int


_FIELDS = tuple(item.name for item in fields(Answer))


@dataclass(frozen=True, slots=True)
class Answers(Sequence[Answer]):
    """The answers to a question, best first; no_answer is the probability that the passages hold none.

    calibrated says whether the probabilities were fitted on held-out data; question_cut whether the
    question was longer than the reader takes and lost its end.
    """

    question: str
    items: tuple[Answer, ...]
    no_answer: float
    calibrated: bool = False
    question_cut: bool = False

    @overload
    def __getitem__(self, index: int) -> Answer: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Answer]: ...
    def __getitem__(self, index: int | slice) -> Answer | Sequence[Answer]:
        """Return the answer at this rank."""
        return self.items[index]

    def __len__(self) -> int:
        """Count the answers."""
        return len(self.items)

    def __iter__(self) -> Iterator[Answer]:
        """Go through the answers, best first."""
        return iter(self.items)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that every protocol and command gives; from_dict reads it."""
        return {
            "question": self.question,
            "answers": [{name: getattr(answer, name) for name in _FIELDS} for answer in self.items],
            "no_answer": self.no_answer,
            "calibrated": self.calibrated,
            "question_cut": self.question_cut,
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Answers:
        """Read the JSON object that to_dict gives; what it does not know is left out.

        Raises InputError for a record of another form.
        """
        try:
            items = tuple(Answer(*(item[name] for name in _FIELDS)) for item in record["answers"])
            flags = (bool(record.get(name, False)) for name in ("calibrated", "question_cut"))
            return cls(record["question"], items, record["no_answer"], *flags)
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"record holds no answers as to_dict gives them: {error!r}") from error
