"""Word documents: paragraphs, tables, notes, text boxes, headers and footers."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from tritonqa.library.document import Document
from tritonqa.library.parse.archive import archive, local, xml
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.properties import write_properties
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.table import write_table
from tritonqa.library.parse.word.runs import Paragraph, paragraph_of
from tritonqa.library.parse.word.styles import attribute, child, levels, outline_level
from tritonqa.library.parse.writer import Writer

_BODY = "word/document.xml"
_EDGES = re.compile(r"word/(header|footer)\d*\.xml")
_NOTES = {"footnote": "word/footnotes.xml", "endnote": "word/endnotes.xml", "comment": "word/comments.xml"}


def read(source: Source, options: ParseOptions) -> Document:
    """Return the text as it is read: headers and footers first, once each; notes behind their paragraph.

    Pages are those that Word last laid out, where the file tells.
    """
    with archive(source, options) as package:
        names = package.namelist()
        styles = levels(xml(package.read("word/styles.xml"))) if "word/styles.xml" in names else {}
        word = _Word(Writer(), styles, _notes(package, names))
        body = xml(package.read(_BODY))
        paged = any(local(one) == "lastRenderedPageBreak" for one in body.iter())
        if paged:
            word.begin_page()
        for text in dict.fromkeys(_edges(package, names)):
            word.writer.paragraph(text)
        for part in body:
            word.blocks(part)
        title = write_properties(word.writer, package) or word.title
    return word.writer.document("docx", title)


class _Word:
    """What is written so far of a document."""

    def __init__(self, writer: Writer, styles: dict[str, int], notes: dict[tuple[str, str], Element]) -> None:
        self.writer = writer
        self.styles = styles
        self.notes = notes
        self.title = ""
        self.pages = 0

    def begin_page(self) -> None:
        self.pages += 1
        self.writer.page(str(self.pages))

    def blocks(self, parts: Iterable[Element]) -> None:
        for one in parts:
            if local(one) == "p":
                self.paragraph(one)
            elif local(one) == "tbl":
                self.table(one)
            elif local(one) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
                self.blocks(one)

    def paragraph(self, element: Element) -> None:
        found = paragraph_of(element)
        level = self.level(element)
        if found.text.strip():
            self.writer.line(2)
            if level == 0 and not self.title:
                self.title = found.text
            elif level:
                self.writer.heading(level, found.text, self.writer.length)
        self.broken(found)
        self.beside(found)

    def broken(self, found: Paragraph) -> None:
        """Write a paragraph's text, a new page where Word began one in it."""
        place = 0
        for at in found.breaks:
            self.writer.write(found.text[place:at])
            self.begin_page()
            place = at
        self.writer.write(found.text[place:] if found.text.strip() else "")

    def beside(self, found: Paragraph) -> None:
        """Write what a paragraph's boxes and notes hold."""
        for box in found.boxes:
            self.blocks(box)
        for note in found.notes:
            if note in self.notes:
                self.blocks(self.notes.pop(note))

    def level(self, element: Element) -> int | None:
        style = child(element, "pPr", "pStyle")
        stated = outline_level(element)
        return (
            stated if stated is not None else self.styles.get(attribute(style) if style is not None else "")
        )

    def table(self, element: Element) -> None:
        """Write a table, each row on the page on which it begins."""
        rows = [list(_cells(line)) for line in _within(element, "tr")]
        page, pages = self.pages, []
        for row in rows:
            breaks = [_breaks(cell) for _, cell in row]
            pages.append(page + max((before for before, _ in breaks), default=0))
            page += max((all_ for _, all_ in breaks), default=0)
        texts = ([text for text, _ in row] for row in rows)
        self.writer.line(2)
        write_table(self.writer, enumerate(texts, 1), before=lambda row: self.turn_to(pages[row - 1]))
        self.writer.line(2)
        self.turn_to(page)
        for paragraph in (paragraph for row in rows for _, cell in row for paragraph in cell):
            self.beside(paragraph)

    def turn_to(self, page: int) -> None:
        while self.pages < page:
            self.begin_page()


def _within(element: Element, name: str) -> Iterator[Element]:
    """Give the children of a name, those inside content controls too."""
    for one in element:
        if local(one) == name:
            yield one
        elif local(one) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _within(one, name)


def _cells(line: Element) -> Iterator[tuple[str, list[Paragraph]]]:
    """Give a row's cells, text and paragraphs; a merged one is in its first place, and the others empty."""
    for cell in _within(line, "tc"):
        merged, spans = child(cell, "tcPr", "vMerge"), child(cell, "tcPr", "gridSpan")
        width = attribute(spans) if spans is not None else "1"
        goes_on = merged is not None and attribute(merged) != "restart"
        held = [] if goes_on else [paragraph_of(one) for one in cell.iter() if local(one) == "p"]
        yield " ".join(" ".join(one.text.split()) for one in held).strip(), held
        yield from [("", [])] * (min(int(width), 1000) - 1 if width.isdigit() else 0)


def _breaks(cell: Iterable[Paragraph]) -> tuple[int, int]:
    """Count a cell's page breaks: those before its text, and all."""
    before = found = 0
    text = ""
    for paragraph in cell:
        found += len(paragraph.breaks)
        before += sum(not (text + paragraph.text[:at]).strip() for at in paragraph.breaks)
        text += paragraph.text
    return before, found


def _notes(package: zipfile.ZipFile, names: list[str]) -> dict[tuple[str, str], Element]:
    return {
        (kind, attribute(note, "id")): note
        for kind, name in _NOTES.items()
        if name in names
        for note in xml(package.read(name))
    }


def _edges(package: zipfile.ZipFile, names: list[str]) -> Iterator[str]:
    """Give the texts of headers and footers."""
    for name in sorted(filter(_EDGES.fullmatch, names)):
        for one in xml(package.read(name)).iter():
            if local(one) == "p":
                yield paragraph_of(one).text.strip()
