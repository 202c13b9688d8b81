"""An answer, and the answers of one ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, overload

from tritonqa.errors import InputError
from tritonqa.text import Ask


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer's words stand: characters start to end of a passage."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A quotation: `text == passages[passage][start:end]`; score is the probability that it is right.

    context is the sentence around it, which begins at character context_start of the passage. id and meta are
    the passage's own. places are all that hold the same evidence, where it was given several times.
    """

    text: str
    start: int
    end: int
    score: float
    passage: int
    context: str = ""
    context_start: int = 0
    id: str | int | None = None
    meta: Mapping[str, Any] | None = None
    places: tuple[Place, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object; id, meta and places only where there are any."""
        record = {name: getattr(self, name) for name in _ALWAYS}
        record |= {name: value for name in ("id", "meta") if (value := getattr(self, name)) is not None}
        return record | ({"places": [asdict(place) for place in self.places]} if self.places else {})

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Answer:
        """Read what to_dict gives, or what an older version gave; raises KeyError, TypeError."""
        places = tuple(Place(*(item[name] for name in _PLACE)) for item in record.get("places", ()))
        needed = {name: record[name] for name in _NEEDED}
        rest = {name: record[name] for name in _OPTIONAL if name in record}
        return cls(**needed, **rest, places=places)


_NEEDED = ("text", "start", "end", "score", "passage")
_ALWAYS = (*_NEEDED, "context", "context_start")
_OPTIONAL = ("context", "context_start", "id", "meta")
_PLACE = ("passage", "start", "end")


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
        """Return the answer at this rank; raises IndexError that says so where there is none."""
        if isinstance(index, int) and not self.items:
            raise IndexError(
                f"there is no answer: the passages hold none with a probability of {self.no_answer:.2f}; "
                "look at len(answers) first, or ask with no_answer_threshold=1.0, which always answers"
            )
        return self.items[index]

    def __len__(self) -> int:
        """Count the answers."""
        return len(self.items)

    def __iter__(self) -> Iterator[Answer]:
        """Go through the answers, best first."""
        return iter(self.items)

    def of(self, ask: Ask) -> Answers:
        """Return these answers with the ids and metadata that the ask's passages bear."""
        if not ask.sources:
            return self
        sources = ask.sources
        items = (replace(a, id=sources[a.passage].id, meta=sources[a.passage].meta) for a in self.items)
        return replace(self, items=tuple(items))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that every protocol and command gives; from_dict reads it."""
        return {
            "question": self.question,
            "answers": [answer.to_dict() for answer in self.items],
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
            items = tuple(Answer.from_dict(item) for item in record["answers"])
            flags = (bool(record.get(name, False)) for name in ("calibrated", "question_cut"))
            return cls(record["question"], items, record["no_answer"], *flags)
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"record holds no answers as to_dict gives them: {error!r}") from error
