"""What the tools give: the shapes that an assistant is told beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12


class QuotedAnswer(TypedDict):
    """An answer in the source's own words: the document's (or passage's) text[start:end] == text."""

    text: str
    probability: float
    start: int
    end: int
    context: str
    document: str | None
    page: int | None
    page_label: str | None
    resource: str | None
    passage: int


class AskResult(TypedDict):
    """Quotations, best first; empty where nothing that was searched answers the question."""

    question: str
    answers: list[QuotedAnswer]
    no_answer_probability: float
    calibrated: bool
    searched: dict[str, Any]


class Verdict(TypedDict):
    """verified: a document says it so; repaired: found is what it says; not_found: none says it."""

    text: str
    status: Literal["verified", "repaired", "not_found"]
    found: str | None
    document: str | None
    page: int | None
    start: int | None
    end: int | None


class VerifyResult(TypedDict):
    """A verdict on each quotation of the text."""

    quotations: list[Verdict]
    all_verified: bool


class FoundPassage(TypedDict):
    """A passage: the document's text[start:end] == text."""

    text: str
    score: float
    document: str
    page: int | None
    start: int
    end: int
    resource: str


class SearchResult(TypedDict):
    """Passages, best first."""

    passages: list[FoundPassage]


def quoted(answer: Mapping[str, Any], resource: str | None) -> QuotedAnswer:
    """Return an answer of the JSON of every protocol as the tool gives it."""
    return {
        "text": answer["text"],
        "probability": answer["score"],
        "start": answer["start"],
        "end": answer["end"],
        "context": answer.get("context", ""),
        "document": answer.get("document"),
        "page": answer.get("page"),
        "page_label": answer.get("page_label"),
        "resource": resource,
        "passage": answer["passage"],
    }
