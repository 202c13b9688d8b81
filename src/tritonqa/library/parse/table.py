"""A table's cells → rows with their headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from tritonqa.library.parse.writer import Writer

_NUMBER = re.compile(r"[\W\d]*\d[\W\d]*")


def write_table(
    writer: Writer,
    rows: Iterable[tuple[int, Sequence[str]]],
    named: bool = False,
    before: Callable[[int], None] = lambda number: None,
) -> None:
    """Write numbered rows; the first is their header where it is named so or looks so to header_of.

    before(number) is told of each row that is to be written.
    """

    def write(number: int, cells: Sequence[str], headers: Sequence[str]) -> None:
        before(number)
        writer.row(cells, headers, number)

    headers: tuple[str, ...] | None = None
    held: tuple[int, Sequence[str]] | None = None
    for number, cells in rows:
        if headers is not None:
            write(number, cells, headers)
        elif held is None:
            if any(cell.strip() for cell in cells):
                held = number, cells
        else:
            headers = header_of(held[1], named)
            write(*held, ())
            write(number, cells, headers)
    if headers is None and held is not None:
        write(*held, ())


def header_of(cells: Sequence[str], named: bool = False) -> tuple[str, ...]:
    """Return the cells of a first row as headers: where none is a number, and no two are the same."""
    words = [" ".join(cell.split()) for cell in cells]
    filled = [word for word in words if word]
    looks = len(filled) > 1 and len(set(filled)) == len(filled) and not any(map(_NUMBER.fullmatch, filled))
    return tuple(words) if named or looks else ()
