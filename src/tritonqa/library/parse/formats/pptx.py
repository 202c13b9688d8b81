"""PowerPoint: a slide a page, with its notes."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tritonqa.library.document import Document
from tritonqa.library.parse.archive import archive, local, xml
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.properties import write_properties
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.table import write_table
from tritonqa.library.parse.writer import Writer

_DECK = "ppt/presentation.xml"
_TITLES = ("title", "ctrTitle")
_BREAKS = {"br": "\n", "tab": "\t"}


def read(source: Source, options: ParseOptions) -> Document:
    """Return the text of the slides in the order in which they are shown."""
    writer = Writer()
    with archive(source, options) as deck:
        names = set(deck.namelist())
        slides = _related(deck, _DECK)
        order = [_relation(one) for one in xml(deck.read(_DECK)).iter() if local(one) == "sldId"]
        for number, name in enumerate((slides[one][1] for one in order if one in slides), 1):
            writer.line(2)
            writer.page(str(number))
            if name not in names:
                writer.notes.append(f"slide {number} is missing")
                continue
            _slide(writer, xml(deck.read(name)))
            for kind, notes in _related(deck, name).values():
                if kind == "notesSlide" and notes in names:
                    _shapes(writer, xml(deck.read(notes)), ("body",))
        write_properties(writer, deck)
    return writer.document("pptx")


def _slide(writer: Writer, root: Element) -> None:
    for shape in _inner(root, ("sp",)):
        if _placeholder(shape) in _TITLES:
            title = "\n".join(_paragraphs(shape))
            writer.line(2)
            writer.heading(1, title, writer.length)
            writer.write(title)
    _shapes(writer, root)


def _shapes(writer: Writer, root: Element, only: tuple[str, ...] = ()) -> None:
    for shape in _inner(root, ("sp", "tbl")):
        if local(shape) == "tbl":
            lines = [one for one in shape if local(one) == "tr"]
            write_table(
                writer, enumerate(([_cell(c) for c in line if local(c) == "tc"] for line in lines), 1)
            )
        elif (not only or _placeholder(shape) in only) and _placeholder(shape) not in _TITLES:
            for paragraph in _paragraphs(shape):
                writer.line()
                writer.write(paragraph)


def _inner(root: Element, names: tuple[str, ...]) -> Iterator[Element]:
    return (one for one in root.iter() if local(one) in names)


def _placeholder(shape: Element) -> str:
    return next((one.get("type", "body") for one in shape.iter() if local(one) == "ph"), "")


def _paragraphs(shape: Element) -> Iterator[str]:
    for paragraph in _inner(shape, ("p",)):
        text = "".join(
            _BREAKS.get(local(one), one.text or "") for one in _inner(paragraph, ("t", "br", "tab"))
        )
        if text.strip():
            yield text


def _cell(cell: Element) -> str:
    return " ".join(" ".join(_paragraphs(cell)).split())


def _related(package: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to: id → its kind and its name in the package."""
    folder, base = posixpath.split(name)
    relations = f"{folder}/_rels/{base}.rels"
    if relations not in package.namelist():
        return {}
    return {
        one.get("Id", ""): (
            one.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in xml(package.read(relations))
    }


def _relation(element: Element) -> str:
    return next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
