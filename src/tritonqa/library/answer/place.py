"""What the reader read → where it stands in the document."""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from string import ascii_uppercase

from tritonqa.library.passages import Piece
from tritonqa.library.passages.analyse import analyse
from tritonqa.library.store import Stored


def place_of(passage: Stored, start: int, end: int, asked: Set[str] = frozenset()) -> tuple[int, int] | None:
    """Return the document's characters that stand at start to end of what was read of a passage.

    Of headers, which were read with their cells, nothing is quoted; None where there was nothing else. What
    runs from a table's row into another or into other text is cut to the one that says most of the question's
    terms, or else holds most of it; at a row's ends cells that say only what the question does are left out.
    A row is none to answer where another one that was read says more of what the question asks of a row.
    """
    if not passage.pieces:
        return passage.start + start, passage.start + end
    best: tuple[int, int, Sequence[Piece]] = (0, 0, ())
    most, told = 0, asked - _headers(passage)
    for _, group in groupby(passage.pieces, key=_row):
        row = list(group)
        named = sum(len(told & _terms(passage, one)) for one in row)
        most = max(most, named if row[0].address else 0)
        read = [one for one in row if one.at < end and start < one.at + one.end - one.start]
        if read:
            first, last = _within(passage, read, start, end)
            best = max(best, (named, last - first, read), key=itemgetter(0, 1))
    if best[2] and best[2][0].address and best[0] < most:
        return None
    cells = _untold(passage, best[2], asked)
    first, last = _within(passage, cells, start, end) if cells else (0, 0)
    return (first, last) if first < last else None


def _within(passage: Stored, row: Sequence[Piece], start: int, end: int) -> tuple[int, int]:
    """Return the document's characters that were read at start to end in a row, no blanks around them."""
    first = row[0].start + max(start - row[0].at, 0)
    last = min(row[-1].start + end - row[-1].at, row[-1].end)
    words = passage.text[first - passage.start : last - passage.start]
    return first + len(words) - len(words.lstrip()), last - len(words) + len(words.rstrip())


def _untold(passage: Stored, cells: Sequence[Piece], asked: Set[str]) -> Sequence[Piece]:
    """Leave out the cells at both ends that a question names; all stay where it names them all."""
    new = [at for at, one in enumerate(cells) if not _terms(passage, one) <= asked]
    return cells[new[0] : new[-1] + 1] if new else cells


def _headers(passage: Stored) -> frozenset[str]:
    """Return the terms that were read of a table's headers, which every row has."""
    between, at = [], 0
    for piece in sorted(passage.pieces, key=lambda piece: piece.at):
        between.append(passage.described[at : piece.at])
        at = piece.at + piece.end - piece.start
    return _analysed(" ".join(between))


def _terms(passage: Stored, piece: Piece) -> frozenset[str]:
    return _analysed(passage.text[piece.start - passage.start : piece.end - passage.start])


@lru_cache(4_096)  # texts, which every answer in a table asks for again
def _analysed(text: str) -> frozenset[str]:
    return frozenset(analyse(text))


def _row(piece: Piece) -> str | int:
    """Tell a row by its number, and other text by where it begins."""
    return piece.address.lstrip(ascii_uppercase) if piece.address else piece.start


def address_of(passage: Stored, at: int) -> str | None:
    """Return the address of the cell ("B3") in which a character of the document stands."""
    return next((one.address for one in passage.pieces if one.start <= at < one.end), None)
