"""A table's cells → rows with their headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tritonqa.library.parse.writer import Writer

_NUMBER = re.compile(r"[\W\d]*\d[\W\d]*")


def write_table(writer: Writer, rows: Iterable[tuple[int, Sequence[str]]], named: bool = False) -> None:
    """Write numbered rows; the first is their header where it is named so or looks so to header_of."""
    headers: tuple[str, ...] | None = None
    held: tuple[int, Sequence[str]] | None = None
    for number, cells in rows:
        if headers is not None:
            writer.row(cells, headers, number)
        elif held is None:
            if any(cell.strip() for cell in cells):
                held = number, cells
        else:
            headers = header_of(held[1], named)
            writer.row(held[1], (), held[0])
            writer.row(cells, headers, number)
    if headers is None and held is not None:
        writer.row(held[1], (), held[0])


def header_of(cells: Sequence[str], named: bool = False) -> tuple[str, ...]:
    """Return the cells of a first row as headers: where none is a number, and no two are the same."""
    words = [" ".join(cell.split()) for cell in cells]
    filled = [word for word in words if word]
    looks = len(filled) > 1 and len(set(filled)) == len(filled) and not any(map(_NUMBER.fullmatch, filled))
    return tuple(words) if named or looks else ()
