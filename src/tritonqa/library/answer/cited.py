"""What a library gives: answers that say where they stand, and passages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, overload

from tritonqa.library.document import Box
from tritonqa.library.metadata import Metadata


class Status(StrEnum):
    """What a look at the file said, at the moment of showing.

    verified: it holds the words at that place. changed: it is another file since it was indexed. missing: it
    can't be read any more.
    """

    VERIFIED = "verified"
    CHANGED = "changed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place of a document: text is its characters start to end; page from 1, page_label as it is printed.

    address is a cell's ("B3") in a table. boxes are given where the document has a layout and the file is as
    it was.
    """

    document: str
    text: str
    start: int
    end: int
    page: int | None = None
    page_label: str | None = None
    address: str | None = None
    boxes: tuple[Box, ...] = ()
    ocr: bool = False
    status: Status = Status.VERIFIED


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """A quotation from a document, and every place where the same answer was found, the best first.

    score is the probability that it is right. context holds the answer in its sentences and begins at
    character context_start of the document. passage is the rank of the passage it was read in, from 0.
    metadata is what the document says of itself, by name: author, date, and others.
    """

    text: str
    score: float
    passage: int
    context: str
    context_start: int
    title: str
    heading: tuple[str, ...]
    citations: tuple[Citation, ...]
    metadata: Metadata = field(default_factory=dict)

    @property
    def document(self) -> str:
        """Return the path of the file."""
        return self.citations[0].document

    @property
    def start(self) -> int:
        """Return the character of the document's text at which the answer begins."""
        return self.citations[0].start

    @property
    def end(self) -> int:
        """Return the character of the document's text at which the answer has ended."""
        return self.citations[0].end

    @property
    def page(self) -> int | None:
        """Return the page, from 1; None where the document has none."""
        return self.citations[0].page

    @property
    def page_label(self) -> str | None:
        """Return what is printed on the page."""
        return self.citations[0].page_label

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Return the rectangles of the words on the page."""
        return self.citations[0].boxes

    @property
    def status(self) -> Status:
        """Tell what a look at the file said."""
        return self.citations[0].status

    @property
    def verified(self) -> bool:
        """Tell whether the file holds these words at this place now."""
        return self.status is Status.VERIFIED

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON has it."""
        first = asdict(self.citations[0])
        return {
            "text": self.text,
            "start": first.pop("start"),
            "end": first.pop("end"),
            "score": self.score,
            "passage": self.passage,
            **first,
            "context": self.context,
            "context_start": self.context_start,
            "title": self.title,
            "heading": list(self.heading),
            "metadata": {name: list(values) for name, values in self.metadata.items()},
            "citations": [asdict(citation) for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched: how many files and passages, and the files that could not be read."""

    files: int
    passages: int
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedAnswers(Sequence[CitedAnswer]):
    """The answers to a question, best first; no_answer is the probability that the library holds none."""

    question: str
    items: tuple[CitedAnswer, ...]
    no_answer: float
    searched: Searched
    calibrated: bool = False
    question_cut: bool = False
    notes: tuple[str, ...] = ()

    @overload
    def __getitem__(self, index: int) -> CitedAnswer: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[CitedAnswer]: ...
    def __getitem__(self, index: int | slice) -> CitedAnswer | Sequence[CitedAnswer]:
        """Return the answer at this rank."""
        return self.items[index]

    def __len__(self) -> int:
        """Count the answers."""
        return len(self.items)

    def __iter__(self) -> Iterator[CitedAnswer]:
        """Go through the answers, best first."""
        return iter(self.items)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of every wire, and what was searched."""
        return {
            "question": self.question,
            "answers": [answer.to_dict() for answer in self.items],
            "no_answer": self.no_answer,
            "calibrated": self.calibrated,
            "question_cut": self.question_cut,
            "searched": asdict(self.searched),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found: text == the document's text[start:end]; page is where it begins."""

    text: str
    score: float
    document: str
    start: int
    end: int
    page: int | None
    page_label: str | None
    title: str
    heading: tuple[str, ...]
    metadata: Metadata = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the passage as JSON has it."""
        return asdict(self)
