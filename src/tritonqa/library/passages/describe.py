"""Table rows → text that says which column each cell is in, and where its words stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from tritonqa.library.document import Document, Row


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters start to end of a document, which stand at a character of what is read in their place.

    address is that of their cell ("B3"); None outside of tables.
    """

    at: int
    start: int
    end: int
    address: str | None = None


def describe(document: Document, start: int, end: int) -> tuple[str, tuple[Piece, ...]]:
    """Return characters start to end with each cell after its header, "Name: X; Price: Y", and their pieces.

    Nothing where there are no rows. Headers and marks between cells are in no piece: they are read, never
    quoted.
    """
    rows = rows_within(document, start, end)
    if not rows:
        return "", ()
    written, at = _Described(document.text), start
    for row in rows:
        written.between(at, row.start)
        written.row(row, start, end)
        at = max(at, row.end)
    written.between(at, end)
    return "".join(written.parts), tuple(written.pieces)


def rows_within(document: Document, start: int, end: int) -> Sequence[Row]:
    """Return the rows that stand, in part at least, between two characters."""
    first = bisect_right(document.rows, start, key=lambda row: row.end)
    return document.rows[first : bisect_left(document.rows, end, key=lambda row: row.start)]


@dataclass(slots=True)
class _Described:
    """What is written so far."""

    text: str
    parts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    length: int = 0

    def write(self, words: str) -> None:
        self.parts.append(words)
        self.length += len(words)

    def quote(self, start: int, end: int, address: str | None = None) -> None:
        self.pieces.append(Piece(self.length, start, end, address))
        self.write(self.text[start:end])

    def between(self, start: int, end: int) -> None:
        """Write what stands outside of rows, unless it is blank."""
        if self.text[start:end].strip():
            self.line()
            self.quote(start, end)

    def row(self, row: Row, start: int, end: int) -> None:
        """Write the cells, as far as they are within."""
        mark = ""
        for column, cell in enumerate(row.cells):
            first, last = max(cell[0], start), min(cell[1], end)
            if first < last:
                header = row.headers[column] if column < len(row.headers) else ""
                self.write(mark) if mark else self.line()
                self.write(f"{header}: " if header else "")
                self.quote(first, last, row.address(column))
                mark = "; "

    def line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.write("\n")
