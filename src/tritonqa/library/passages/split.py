"""Document → passages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tritonqa.errors import InputError
from tritonqa.library.document import Document
from tritonqa.library.passages.describe import Piece, describe, rows_within
from tritonqa.library.passages.sentences import sentences

SPLITTER = 1
"""Counted up where the same document becomes other passages."""

_UNIT = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}"
    r"|[^\W_]{1,24}|[^\w\s]{8}"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document: text == document.text[start:end]; headings stand above it, the outermost first.

    described is what is searched and read in place of text where that says more: a table's rows with their
    headers; pieces say where its words stand.
    """

    start: int
    end: int
    text: str
    heading: tuple[str, ...] = ()
    described: str = ""
    pieces: tuple[Piece, ...] = ()


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
                yield Passage(first, last, text, document.heading(first), *describe(document, first, last))


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
    for row in rows_within(document, start, end):
        if at < row.start:
            yield from sentences(text, at, row.start)
        yield max(row.start, at), min(row.end, end)
        at = min(row.end, end)
    if at < end:
        yield from sentences(text, at, end)


def _words(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _UNIT.finditer(text, start, end))
