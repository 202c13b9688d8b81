"""A document's text and the places in it."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tritonqa.library.metadata import Metadata

NO_TEXT_LAYER = "no text layer"
"""How the note of pages ends that are images, and have not been read by OCR."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, or a part of one that a gap ends, with its rectangle in points as a Box has it."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """Characters start to end of the text stand on this page.

    number counts from 1; label is what is printed on it ("iii"), a sheet's name in a workbook, or the number
    again. ocr: the text was read from an image, and is that of these lines.
    """

    number: int
    label: str
    start: int
    end: int
    ocr: bool = False
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Characters start to end stand under these headings, the outermost first."""

    start: int
    end: int
    heading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row: characters start to end, which belong together; cells in the order of headers.

    number counts the table's lines from 1, its header among them, as a spreadsheet does. An empty cell is an
    empty range.
    """

    start: int
    end: int
    number: int
    headers: tuple[str, ...]
    cells: tuple[tuple[int, int], ...]

    def address(self, column: int) -> str:
        """Return the A1 address of a cell, its column counted from 0."""
        return f"{column_letters(column)}{self.number}"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as text; every place is characters of the text.

    pages follow each other and cover the text; a kind that has none (a text file) gives none. sections and
    rows are in order and don't overlap. title is the document's own, or its file's name. digest is the
    SHA-256 of the bytes that were read. notes say what could not be read ("page 3 has no text layer").
    metadata is what the document says of itself: author, date, keyword, language, and what else it names.
    parser names what has read it, by version.
    """

    text: str
    kind: str
    title: str = ""
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    digest: str = ""
    metadata: Metadata = field(default_factory=dict)
    parser: str = ""

    @property
    def ocr(self) -> bool:
        """Tell whether any page was read from an image."""
        return any(page.ocr for page in self.pages)

    def page(self, at: int) -> Page | None:
        """Return the page on which a character stands."""
        return page_at(self.pages, at)

    def heading(self, at: int) -> tuple[str, ...]:
        """Return the headings above a character, the outermost first."""
        section = _holding(self.sections, at)
        return section.heading if section else ()

    def address(self, at: int) -> str | None:
        """Return the A1 address of the cell in which a character stands ("B3"); None outside of tables."""
        row = _holding(self.rows, at)
        if row is None:
            return None
        return row.address(max((i for i, (start, _) in enumerate(row.cells) if start <= at), default=0))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page (from 1), in points from the top left of the page as it is shown, rotated."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What stands at a place of a file now, and its rectangles where the file has a layout."""

    text: str
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it looks: a PNG, and the page's sides in points, in which boxes are measured.

    lines are its words where they stand.
    """

    png: bytes
    width: float
    height: float
    lines: tuple[Line, ...] = ()


Range = TypeVar("Range", Page, Section, Row)


def page_at(pages: Sequence[Page], at: int) -> Page | None:
    """Return the page, of pages in order, on which a character stands."""
    return _holding(pages, at)


def column_letters(column: int) -> str:
    """Return a spreadsheet's name of a column that is counted from 0: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _holding(ranges: Sequence[Range], at: int) -> Range | None:
    """Return the range that holds a character; of ranges in order."""
    place = bisect_right(ranges, at, key=lambda one: one.start) - 1
    return ranges[place] if place >= 0 and at < ranges[place].end else None


def title_of(path: Path) -> str:
    """Return what a document is called that has no title: its file's name, without the ending."""
    return os.fsencode(path.stem).decode("utf-8", "replace")
