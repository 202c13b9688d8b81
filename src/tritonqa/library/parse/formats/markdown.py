"""Markdown, character for character: its marks are part of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tritonqa.library.document import Document, Row, Section
from tritonqa.library.parse.decode import decode
from tritonqa.library.parse.matter import matter_of
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.writer import Writer

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\r?$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*\r?$")
_RULER = re.compile(r"\s*\|?(\s*:?-+:?\s*\|)+\s*(:?-+:?)?\s*$|\s*\|\s*:?-+:?\s*\|?\s*$")
_CELL = re.compile(r"(?:\\.|[^|\\])+")


def read(source: Source, options: ParseOptions) -> Document:
    """Return the text as it is in the file, with its headings and the rows of its tables."""
    text = decode(source.data)
    writer = Writer()
    writer.write(text)
    matter = matter_of(text)
    lines = list(_prose(text, matter.length))
    for place, (level, title) in _headings(lines):
        writer.heading(level, title, place)
    document = writer.document("markdown")
    title = matter.title or (document.sections[0].heading[-1] if document.sections else "")
    above = (Section(0, matter.length, ()),) * bool(matter.length)
    return Document(
        text,
        "markdown",
        title,
        sections=above + document.sections,
        rows=tuple(_rows(lines)),
        metadata=matter.metadata,
    )


def _prose(text: str, place: int) -> Iterator[tuple[int, str]]:
    """Give the lines outside of code blocks from a place on, with their places."""
    fence = ""
    for line in text[place:].splitlines(keepends=True):
        opens = _FENCE.match(line)
        if fence:
            if opens and opens[1].startswith(fence):
                fence = ""
        elif opens:
            fence = opens[1]
        else:
            yield place, line.rstrip("\r\n")
        place += len(line)


def _headings(lines: list[tuple[int, str]]) -> Iterator[tuple[int, tuple[int, str]]]:
    before: tuple[int, str] = (0, "")
    for place, line in lines:
        if found := _ATX.match(line):
            yield place, (len(found[1]), found[2] or "")
        elif (found := _UNDERLINE.match(line)) and before[1].strip() and "|" not in before[1]:
            yield before[0], (1 if found[1][0] == "=" else 2, before[1])
        before = place, line if not _ATX.match(line) else ""


def _rows(lines: list[tuple[int, str]]) -> Iterator[Row]:
    headers: tuple[str, ...] = ()
    number = 0
    for index, (place, line) in enumerate(lines):
        following = lines[index + 1][1] if index + 1 < len(lines) else ""
        if not number and "|" in line and _RULER.fullmatch(following) and not _RULER.fullmatch(line):
            cells = _cells(place, line)
            yield Row(place, place + len(line), 1, (), cells)
            headers = tuple(line[start - place : end - place] for start, end in cells)
            number = 2
        elif number and "|" in line:
            if not _RULER.fullmatch(line):
                yield Row(place, place + len(line), number, headers, _cells(place, line))
                number += 1
        else:
            number = 0


def _cells(place: int, line: str) -> tuple[tuple[int, int], ...]:
    """Return the ranges of a row's cells without the spaces around them."""
    begin = len(line) - len(line.lstrip())
    begin += line[begin : begin + 1] == "|"
    cells = []
    for part in _between(line, begin):
        inner = line[part[0] : part[1]]
        start = part[0] + len(inner) - len(inner.lstrip())
        cells.append((place + start, place + max(start, part[0] + len(inner.rstrip()))))
    return tuple(cells)


def _between(line: str, begin: int) -> Iterator[tuple[int, int]]:
    while begin < len(line):
        found = _CELL.match(line, begin)
        end = found.end() if found else begin
        if end < len(line) or line[begin:end].strip():
            yield begin, end
        begin = end + 1
