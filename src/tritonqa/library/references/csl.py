"""Cited answers → CSL-JSON, which Zotero, pandoc and citeproc read."""

from __future__ import annotations

import json
from typing import Any

from tritonqa.library.answer import Citation, CitedAnswer, CitedAnswers
from tritonqa.library.references.source import NOTES, address, entries, page, said, title


def csl(answers: CitedAnswers) -> str:
    """Return a list of items, one for each place; note is the quotation, custom where it stands.

    Schema: citation-style-language, csl-data.json, version 1.0.2.
    """
    items = [_item(*entry) for entry in entries(answers)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(key: str, answer: CitedAnswer, citation: Citation) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": key,
        "type": "document",
        "title": title(answer, citation),
        "URL": address(citation),
        "page": page(citation),
        "section": " / ".join(answer.heading) if citation == answer.citations[0] else "",
        "note": citation.text,
        "status": NOTES[citation.status],
    }
    item |= {name: value for name, value in _said(answer, citation).items() if value}
    place: dict[str, Any] = {"start": citation.start, "end": citation.end, "score": answer.score}
    if citation.address:
        place["cell"] = citation.address
    return {**{name: value for name, value in item.items() if value}, "custom": place}


def _said(answer: CitedAnswer, citation: Citation) -> dict[str, Any]:
    """Return what the document says of itself: its author as it is written, for names are not parted here."""
    metadata = said(answer, citation)
    date = [int(part) for part in next(iter(metadata.get("date", ())), "").split("-") if part]
    return {
        "author": [{"literal": name} for name in metadata.get("author", ())],
        "issued": {"date-parts": [date]} if date else {},
        "language": next(iter(metadata.get("language", ())), ""),
        "keyword": ", ".join(metadata.get("keyword", ())),
    }
