"""An answer, and the answers of one ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload


@dataclass(frozen=True, slots=True)
class Answer:
    """A quotation: `text == passages[passage][start:end]`; score is the probability that it is right."""

    text: str
    start: int
    end: int
    score: float
    passage: int


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
        """Return the JSON object of every wire: question, answers, no_answer."""
        fields = ("text", "start", "end", "score", "passage")
        answers = [{name: getattr(answer, name) for name in fields} for answer in self.items]
        return {"question": self.question, "answers": answers, "no_answer": self.no_answer}
