"""Pieces of text → a document's text and its places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tritonqa.library.document import Document, Line, Page, Row, Section
from tritonqa.library.metadata import metadata_of

_SURROGATE = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """Replace halves of characters, which can't be encoded, by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


class Writer:
    """Write a document's text in order; headings, pages and rows are remembered where they stand."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._headings: list[tuple[int, tuple[str, ...]]] = []
        self._path: list[tuple[int, str]] = []
        self._pages: list[tuple[int, str]] = []
        self._lines: dict[int, tuple[Line, ...]] = {}
        self._rows: list[Row] = []
        self._tail = ""
        self.length = 0
        self.notes: list[str] = []
        self._said: dict[str, object] = {}

    def write(self, text: str) -> None:
        """Write text as it is."""
        if text:
            self._parts.append(text)
            self.length += len(text)
            self._tail = (self._tail + text)[-2:]

    def line(self, count: int = 1) -> None:
        """Begin a new line, or with 2 a new paragraph, unless this is the beginning of one."""
        if self.length and count:
            ends = 2 if self._tail == "\n\n" else 1 if self._tail.endswith("\n") else 0
            self.write("\n" * (count - ends))

    def paragraph(self, text: str) -> None:
        """Write a paragraph, where there is text."""
        if text.strip():
            self.line(2)
            self.write(text.strip("\n"))

    def heading(self, level: int, title: str, at: int) -> None:
        """Remember a heading whose text begins at a character; level 1 is the outermost."""
        title = " ".join(whole(title).split())
        if title:
            self._path = [(above, text) for above, text in self._path if above < level] + [(level, title)]
            self._headings.append((at, tuple(text for _, text in self._path)))

    def page(self, label: str) -> None:
        """Begin a page."""
        self._pages.append((self.length, whole(label)))

    def read(self, lines: Sequence[Line]) -> None:
        """Write the lines of the last page begun, as they were read from its image."""
        self._lines[len(self._pages)] = tuple(lines)
        self.write("\n".join(line.text for line in lines))

    def row(self, cells: Sequence[str], headers: Sequence[str], number: int) -> None:
        """Write a table's row on a line of its own, a tab between its cells; nothing for an empty one."""
        if not any(cell.strip() for cell in cells):
            return
        self.line()
        start = begin = self.length
        ranges = []
        for cell in cells:
            ranges.append((begin, begin + len(cell)))
            begin += len(cell) + 1
        self.write("\t".join(cells))
        self._rows.append(Row(start, self.length, number, tuple(map(whole, headers)), tuple(ranges)))

    def describe(self, name: str, values: object) -> None:
        """Remember what the document says of itself; what is said first stands."""
        self._said.setdefault(name, values)

    def document(self, kind: str, title: str = "") -> Document:
        """Return what was written."""
        text = "".join(self._parts)
        ends = [start for start, *_ in self._pages[1:]] + [len(text)]
        pages = [
            Page(number, label, start, end, number in self._lines, self._lines.get(number, ()))
            for number, ((start, label), end) in enumerate(zip(self._pages, ends, strict=False), 1)
        ]
        ends = [start for start, _ in self._headings[1:]] + [len(text)]
        sections = [
            Section(start, end, path)
            for (start, path), end in zip(self._headings, ends, strict=False)
            if start < end
        ]
        places = (tuple(pages), tuple(sections), tuple(self._rows))
        said = metadata_of(self._said)
        return Document(text, kind, title, *places, notes=tuple(self.notes), metadata=said)
