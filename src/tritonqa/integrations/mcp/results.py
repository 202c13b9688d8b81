"""What the tools give: the shapes that an assistant is told beforehand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

from tritonqa.errors import MissingExtra
from tritonqa.integrations.mcp.documents import resource_of

try:
    from mcp.types import CallToolResult, ResourceLink, TextContent
except ImportError as error:
    raise MissingExtra("mcp", "mcp") from error


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
    """What was found of one quotation.

    verified: a document says it so; repaired: found is what it says; not_found: none says it. ocr: found was
    read from a page's image, where letters may be misread.
    """

    text: str
    status: Literal["verified", "repaired", "not_found"]
    found: str | None
    document: str | None
    page: int | None
    start: int | None
    end: int | None
    ocr: NotRequired[bool]


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


def asked(record: Mapping[str, Any]) -> CallToolResult:
    """Return an ask's JSON as the tool gives it: once as data, once as text, and a link to each source."""
    answers = [_quoted(answer) for answer in record["answers"]]
    result: AskResult = {
        "question": record["question"],
        "answers": answers,
        "no_answer_probability": record["no_answer"],
        "calibrated": record["calibrated"],
        "searched": record["searched"],
    }
    linked = {answer["resource"]: answer for answer in answers if answer["resource"]}
    text = TextContent(type="text", text=json.dumps(result, ensure_ascii=False))
    return CallToolResult(
        content=[text, *(_link(uri, answer) for uri, answer in linked.items())],
        structured_content={**result},
    )


def _quoted(answer: Mapping[str, Any]) -> QuotedAnswer:
    document, page = answer.get("document"), answer.get("page")
    return {
        "text": answer["text"],
        "probability": answer["score"],
        "start": answer["start"],
        "end": answer["end"],
        "context": answer.get("context", ""),
        "document": document,
        "page": page,
        "page_label": answer.get("page_label"),
        "resource": resource_of(document, page) if document else None,
        "passage": answer["passage"],
    }


def _link(uri: str, answer: QuotedAnswer) -> ResourceLink:
    page = f", page {answer['page']}" if answer["page"] else ""
    name = PurePath(answer["document"] or "").name
    return ResourceLink(type="resource_link", uri=uri, name=f"{name}{page}", mime_type="text/plain")
