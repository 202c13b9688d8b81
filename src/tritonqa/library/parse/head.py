"""A web page's head → what the page says of itself."""

from __future__ import annotations

from typing import Any

from tritonqa.library.metadata import split_list
from tritonqa.library.parse.writer import Writer

_META = {
    "author": "author",
    "dc.creator": "author",
    "dcterms.creator": "author",
    "citation_author": "author",
    "article:author": "author",
    "date": "date",
    "dc.date": "date",
    "dcterms.date": "date",
    "dcterms.created": "date",
    "citation_publication_date": "date",
    "article:published_time": "date",
    "keywords": "keyword",
    "article:tag": "keyword",
}


def describe(writer: Writer, parser: Any) -> None:
    """Remember who wrote a page, when, about what, and in which language."""
    said: dict[str, list[str]] = {}
    for node in parser.css("head meta[content]"):
        given = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
        if name := _META.get(given):
            said.setdefault(name, []).append(node.attributes.get("content") or "")
    for name in ("author", "date"):
        writer.describe(name, said.get(name, []))
    writer.describe("keyword", [part for text in said.get("keyword", ()) for part in split_list(text)])
    root = parser.css_first("html")
    writer.describe("language", root.attributes.get("lang") or "" if root is not None else "")
