"""JSON lines and SQuAD's JSON: a record's text a paragraph, under its title."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tritonqa.errors import DocumentError
from tritonqa.library.document import Document
from tritonqa.library.parse.decode import decode
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.writer import Writer

FIELDS = ("text", "context", "passage", "content", "body", "contents")


def read(source: Source, options: ParseOptions) -> Document:
    """Return the texts of all records; one that stands in several, as SQuAD's contexts do, is written once.

    Raises DocumentError that names the line and the field.
    """
    text = decode(source.data)
    writer = Writer()
    seen: set[str] = set()
    for title, passage in _records(text):
        if passage not in seen and passage.strip():
            seen.add(passage)
            writer.line(2)
            writer.heading(1, title, writer.length)
            writer.write(passage)
    if not seen:
        raise DocumentError("holds no records with text")
    return writer.document("jsonl")


def _records(text: str) -> Iterator[tuple[str, str]]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _record(_loaded(line, number), f"line {number}")
        return
    if isinstance(whole, dict) and isinstance(whole.get("data"), list):
        yield from _squad(whole["data"])
    elif isinstance(whole, list):
        for number, record in enumerate(whole, 1):
            yield _record(record, f"record {number}")
    else:
        yield _record(whole, "line 1")


def _squad(articles: list[Any]) -> Iterator[tuple[str, str]]:
    for number, article in enumerate(articles, 1):
        if not isinstance(article, dict) or not isinstance(article.get("paragraphs"), list):
            raise DocumentError(f"is not in SQuAD's layout: article {number} has no paragraphs")
        for paragraph in article["paragraphs"]:
            yield _record({"title": article.get("title"), **paragraph}, f"article {number}")


def _record(record: Any, place: str) -> tuple[str, str]:
    if not isinstance(record, dict):
        raise DocumentError(f"{place}: is no JSON object; give one with a field {' or '.join(FIELDS)}")
    for field in FIELDS:
        if isinstance(record.get(field), str):
            return str(record.get("title") or place), record[field]
    raise DocumentError(f"{place}: has no text; give it a field {' or '.join(FIELDS)}")


def _loaded(line: str, number: int) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise DocumentError(f"is not JSON at line {number}, column {error.colno}") from error
