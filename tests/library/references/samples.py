"""Cited answers as a library gives them, made without one."""

from __future__ import annotations

from typing import Any

from tritonqa.library.answer import Citation, CitedAnswer, CitedAnswers
from tritonqa.library.answer.cited import Searched
from tritonqa.library.metadata import Metadata

CONTEXT = "The pump is new. The warranty of the pump ends after 24 months."


def citation(document: str = "/desk/handbook.pdf", **changes: Any) -> Citation:
    """Cite 24 months on page 12, which is printed as ix."""
    known: dict[str, Any] = {"text": "24 months", "start": 53, "end": 62, "page": 12, "page_label": "ix"}
    return Citation(document, **(known | changes))


def answer(
    *citations: Citation, context: str = CONTEXT, title: str = "", metadata: Metadata | None = None
) -> CitedAnswer:
    """Answer with the words of the first citation."""
    found = citations or (citation(),)
    return CitedAnswer(found[0].text, 0.74, 0, context, 0, title, ("Warranty",), found, metadata or {})


def answers(*items: CitedAnswer) -> CitedAnswers:
    """Answer when the warranty ends."""
    return CitedAnswers("When does the warranty end?", items, 0.1 if items else 0.97, Searched(214, 5120))
