"""What the reader read → where it stands in the document."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from string import ascii_uppercase

from tritonqa.library.passages import Piece
from tritonqa.library.store import Stored


def place_of(passage: Stored, start: int, end: int) -> tuple[int, int] | None:
    """Return the document's characters that stand at start to end of what was read of a passage.

    Of headers, which were read with their cells, nothing is quoted; None where there was nothing else. What
    runs from a table's row into another or into other text is cut to the one that holds most of it.
    """
    if not passage.pieces:
        return passage.start + start, passage.start + end
    touched = [one for one in passage.pieces if one.at < end and start < one.at + one.end - one.start]
    found = [_within(passage, list(row), start, end) for _, row in groupby(touched, key=_row)]
    first, last = max(found, key=lambda place: place[1] - place[0], default=(0, 0))
    return (first, last) if first < last else None


def _within(passage: Stored, row: Sequence[Piece], start: int, end: int) -> tuple[int, int]:
    """Return the document's characters that were read at start to end in a row, no blanks around them."""
    first = row[0].start + max(start - row[0].at, 0)
    last = min(row[-1].start + end - row[-1].at, row[-1].end)
    words = passage.text[first - passage.start : last - passage.start]
    return first + len(words) - len(words.lstrip()), last - len(words) + len(words.rstrip())


def _row(piece: Piece) -> str | int:
    """Tell a row by its number, and other text by where it begins."""
    return piece.address.lstrip(ascii_uppercase) if piece.address else piece.start


def address_of(passage: Stored, at: int) -> str | None:
    """Return the address of the cell ("B3") in which a character of the document stands."""
    return next((one.address for one in passage.pieces if one.start <= at < one.end), None)
