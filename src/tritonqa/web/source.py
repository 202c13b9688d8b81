"""A place in a document → what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tritonqa.digests import holds
from tritonqa.errors import DocumentError
from tritonqa.library.document import Box, Document, Line
from tritonqa.library.library import Library
from tritonqa.library.parse import ParseOptions, excerpt_apart, picture_apart

_AROUND = 10_000  # characters shown before and after, where a document has no pages


@dataclass(frozen=True, slots=True)
class Place:
    """Characters start to end of a document."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page's picture: its sides in points, its words where they stand, and the rectangles to be marked."""

    width: float
    height: float
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]


def look(library: Library, place: Place) -> dict[str, Any] | None:
    """Return what the template of a source shows; None where there is no such place."""
    document = library.document(place.document)
    if document is None or place.end > len(document.text):
        return None
    page = document.page(place.start)
    if page is None:
        first, last = max(place.start - _AROUND, 0), min(place.end + _AROUND, len(document.text))
    else:
        first, last = page.start, max(page.end, place.end)
    same = holds(Path(place.document), document.digest)
    text = document.text
    return {
        "document": place.document,
        "name": Path(place.document).name,
        "title": document.title,
        "page": page,
        "pages": len(document.pages),
        "before": text[first : place.start],
        "marked": text[place.start : place.end],
        "after": text[place.end : last],
        "earlier": _beside(document, first - 1),
        "later": _beside(document, last + 1 if page else last),
        "same": same,
        "drawn": _drawn(document, place, library.options)
        if same and page and document.kind == "pdf"
        else None,
    }


def drawn(library: Library, name: str, number: int, width: int) -> bytes | None:
    """Draw a page of a PDF, so wide in pixels; None where its file is not the one that was indexed."""
    document = library.document(name)
    if document is None or document.kind != "pdf" or not 1 <= number <= len(document.pages):
        return None
    if not holds(Path(name), document.digest):
        return None
    try:
        return picture_apart(Path(name), number, width, library.options).png
    except DocumentError:
        return None


def _drawn(document: Document, place: Place, options: ParseOptions) -> Drawn | None:
    """Return the size of the page and the rectangles of the words; None where the file can't be drawn."""
    page = document.page(place.start)
    assert page is not None
    path = Path(place.document)
    try:
        seen = excerpt_apart(path, document.pages, place.start, place.end, options)
        size = picture_apart(path, page.number, 0, options)
    except DocumentError:
        return None
    boxes = tuple(box for box in seen.boxes if box.page == page.number)
    matches = seen.text == document.text[place.start : place.end]
    return Drawn(size.width, size.height, page.lines or size.lines, boxes if matches else ())


def _beside(document: Document, at: int) -> int | None:
    """Return a place on the page, or in the part, before or after; None where the document ends."""
    return at if 0 <= at < len(document.text) else None
