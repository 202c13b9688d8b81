"""PDF, by PDFium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tritonqa.errors import DocumentError
from tritonqa.library.document import NO_TEXT_LAYER, Box, Document, Excerpt, Page, Picture
from tritonqa.library.metadata import split_list, split_names
from tritonqa.library.parse.ocr import lines_of
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.pdf.characters import characters
from tritonqa.library.parse.pdf.open import opened, opened_page
from tritonqa.library.parse.pdf.outline import headings, outline
from tritonqa.library.parse.pdf.png import png
from tritonqa.library.parse.pdf.rectangles import boxes_of, lines_on
from tritonqa.library.parse.pdf.said import said
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.writer import Writer

_SAID = ("Title", "Author", "Keywords", "Subject", "CreationDate")
_PIXELS = 4000  # of a picture's longer side at most
_LINE_ENDS = "\n-\u00ad"


def read(source: Source, options: ParseOptions) -> Document:
    """Return the text of all pages, a newline between them."""
    writer = Writer()
    with opened(source.data, options.passwords) as pdf:
        from pypdfium2 import PdfiumError

        if not len(pdf):
            raise DocumentError("has no pages")
        bare: list[int] = []
        damaged: list[int] = []
        for index in range(len(pdf)):
            if index:
                writer.write("\n")
            writer.page(said(pdf.get_page_label, index) or str(index + 1))
            try:
                with opened_page(pdf, index) as (page, page_text):
                    text = characters(page_text).text
                    writer.write(text)
                    if not text and _drawn(page) and not (options.ocr and _seen(writer, page, source)):
                        bare.append(index + 1)
            except PdfiumError:
                damaged.append(index + 1)
            source.alive()
        if len(damaged) == len(pdf):
            raise DocumentError("is damaged and none of its pages can be read; repair it or export it again")
        entries = outline(pdf)
        title, author, keywords, subject, date = (said(pdf.get_metadata_value, name) for name in _SAID)
        writer.describe("author", split_names(author))
        writer.describe("keyword", split_list(keywords))
        writer.describe("subject", subject)
        writer.describe("date", date)
    document = writer.document("pdf", title)
    for level, heading, place in headings(entries, document.text, document.pages):
        writer.heading(level, heading, place)
    read = [page.number for page in document.pages if page.ocr]
    writer.notes += [f"{_named(read)} been read by OCR"] * bool(read)
    unseen = ", and no words that OCR sees" * options.ocr
    writer.notes += [f"{_named(bare)} {NO_TEXT_LAYER}{unseen}"] * bool(bare)
    writer.notes += [f"{_named(damaged)} damage and can't be read"] * bool(damaged)
    return writer.document("pdf", title)


def excerpt(source: Source, pages: Sequence[Page], start: int, end: int, options: ParseOptions) -> Excerpt:
    """Read characters start to end again, from the pages that hold them alone, with their rectangles.

    A page that was read by OCR keeps its lines, and is not read again.
    """
    parts: list[str] = []
    boxes: list[Box] = []
    with opened(source.data, options.passwords) as pdf:
        touched = [page for page in pages if page.start < end and start < page.end]
        for place in touched:
            begin, stop = max(start - place.start, 0), min(end, place.end) - place.start
            if place.ocr:
                text, seen = _of_lines(place, begin, stop)
                parts.append(text)
                boxes.extend(seen)
                continue
            if place.number > len(pdf):
                raise DocumentError(f"has no page {place.number} any more; index it again")
            with opened_page(pdf, place.number - 1) as (page, page_text):
                found = characters(page_text)
                text = (found.text + "\n")[begin:stop]
                parts.append(text)
                lines = _lines(text, found.indices[begin:stop])
                boxes.extend(boxes_of(page, page_text, place.number, lines))
    return Excerpt("".join(parts), tuple(boxes))


def picture(source: Source, number: int, width: int, options: ParseOptions) -> Picture:
    """Draw a page (from 1) so wide in pixels, less where it is very high; 0 measures it and its words."""
    with opened(source.data, options.passwords) as pdf:
        if not 1 <= number <= len(pdf):
            raise DocumentError(f"has no page {number}")
        with opened_page(pdf, number - 1) as (page, page_text):
            across, down = page.get_size()
            if width:
                return Picture(png(page, min(width / across, _PIXELS / max(across, down))), across, down)
            found = characters(page_text)
            return Picture(b"", across, down, lines_on(page, page_text, _lines(found.text, found.indices)))


def _seen(writer: Writer, page: Any, source: Source) -> bool:
    """Read a page's image; tells whether there were words in it."""
    lines = lines_of(page, source.alive)
    if lines:
        writer.read(lines)
    return bool(lines)


def _of_lines(page: Page, begin: int, stop: int) -> tuple[str, list[Box]]:
    """Return the words of a page that was read by OCR, and the rectangles of the lines that hold them."""
    boxes, place = [], 0
    for line in page.lines:
        if place < stop and begin < place + len(line.text):
            boxes.append(Box(page.number, line.left, line.top, line.right, line.bottom))
        place += len(line.text) + 1
    return "\n".join([*(line.text for line in page.lines), ""])[begin:stop], boxes


def _lines(text: str, indices: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
    """Part characters and their indices where a line may end."""
    begin = 0
    for at, character in enumerate(text, 1):
        if character in _LINE_ENDS or at == len(text):
            yield text[begin:at], indices[begin:at]
            begin = at


def _drawn(page: Any) -> bool:
    from pypdfium2 import raw

    return bool(raw.FPDFPage_CountObjects(page) > 0)


def _named(numbers: Sequence[int]) -> str:
    """Return "page 3 has" or "pages 1 to 3, 7 have"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"page {named} has" if len(numbers) == 1 else f"pages {named} have"
