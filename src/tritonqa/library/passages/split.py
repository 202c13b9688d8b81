"""Document → passages."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tritonqa.errors import InputError
from tritonqa.library.document import Document, Row
from tritonqa.library.passages.sentences import sentences

_UNIT = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}"
    r"|[^\W_]{1,24}|[^\w\s]{8}"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document: text == document.text[start:end]; headings stand above it, the outermost first.

    described is what search reads in place of text where that says more: a table's rows with their headers.
    """

    start: int
    end: int
    text: str
    heading: tuple[str, ...] = ()
    described: str = ""


@dataclass(frozen=True, slots=True)
class Splitting:
    """How long passages are, in words; two characters count as one in scripts without spaces.

    A passage is full with so many words and holds most at most; it begins with sentences of the one before,
    of overlap words at most.
    """

    full: int = 120
    most: int = 200
    overlap: int = 40

    def __post_init__(self) -> None:
        """Raise InputError for sizes that make no passages."""
        if not 0 <= self.overlap < self.full <= self.most:
            raise InputError("overlap must be at least 0, less than full, and full not above most")


def split(document: Document, splitting: Splitting | None = None) -> Iterator[Passage]:
    """Give the passages of a document in order; each character of the text is in one at least.

    A passage stands within one section, and begins and ends with a sentence, or with a word in the middle of
    one that is longer than a passage.
    """
    sizes = splitting or Splitting()
    for start, end in _parts(document):
        for first, last in _passages(document, start, end, sizes):
            text = document.text[first:last]
            if text.strip():
                yield Passage(first, last, text, document.heading(first), _described(document, first, last))


def _parts(document: Document) -> Iterator[tuple[int, int]]:
    """Give the ranges between which no passage reaches: sections, and what stands between them."""
    at = 0
    for section in document.sections:
        if at < section.start:
            yield at, section.start
        if section.start < section.end:
            yield section.start, section.end
        at = max(at, section.end)
    if at < len(document.text):
        yield at, len(document.text)


def _passages(document: Document, start: int, end: int, sizes: Splitting) -> Iterator[tuple[int, int]]:
    kept: list[tuple[int, int, int]] = []  # start, end, words
    fresh = False
    for first, last in _pieces(document, start, end, sizes.most):
        words = _words(document.text, first, last)
        count = sum(piece[2] for piece in kept)
        if fresh and (count >= sizes.full or count + words > sizes.most):
            yield kept[0][0], kept[-1][1]
            kept, fresh = _overlap(kept, min(sizes.overlap, sizes.most - words)), False
        kept.append((first, last, words))
        fresh = True
    if fresh:
        yield kept[0][0], kept[-1][1]


def _overlap(kept: list[tuple[int, int, int]], words: int) -> list[tuple[int, int, int]]:
    """Return the last pieces that have so many words at most; never all of them."""
    count, at = 0, len(kept)
    while at > 1 and count + kept[at - 1][2] <= words:
        at -= 1
        count += kept[at][2]
    return kept[at:]


def _pieces(document: Document, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """Give sentences, and table rows whole; what is longer than a passage is cut between words."""
    text, at = document.text, start
    for first, last in _ranges(document, start, end):
        if _words(text, first, last) <= most:
            yield first, last
            continue
        at = first
        for number, unit in enumerate(_UNIT.finditer(text, first, last)):
            if number and number % most == 0:
                yield at, unit.start()
                at = unit.start()
        if at < last:
            yield at, last


def _ranges(document: Document, start: int, end: int) -> Iterator[tuple[int, int]]:
    text, at = document.text, start
    for row in _rows(document, start, end):
        if at < row.start:
            yield from sentences(text, at, row.start)
        yield max(row.start, at), min(row.end, end)
        at = min(row.end, end)
    if at < end:
        yield from sentences(text, at, end)


def _words(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _UNIT.finditer(text, start, end))


def _described(document: Document, start: int, end: int) -> str:
    """Return what a passage holds, its rows with their headers; nothing where it has no rows."""
    parts, at = [], start
    for row in _rows(document, start, end):
        parts += [document.text[at : row.start], row.described(document.text)]
        at = row.end
    return "\n".join((*filter(str.strip, parts), document.text[at:end])) if parts else ""


def _rows(document: Document, start: int, end: int) -> Sequence[Row]:
    """Return the rows that stand, in part at least, between two characters."""
    first = bisect_right(document.rows, start, key=lambda row: row.end)
    return document.rows[first : bisect_left(document.rows, end, key=lambda row: row.start)]
