"""A Word paragraph → its text, its page breaks, and what it refers to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tritonqa.library.parse.archive import local
from tritonqa.library.parse.word.styles import attribute, child

_MARKS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "\u00ad"}
_UNSEEN = frozenset(("moveFrom", "del", "Fallback", "pPr", "rPr", "instrText", "delText"))


@dataclass(slots=True)
class Paragraph:
    """The text; where in it a page ends; notes as ("footnote", id), and boxes of text."""

    text: str = ""
    breaks: list[int] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


def paragraph_of(element: Element) -> Paragraph:
    """Read a paragraph as it is shown: without what was deleted, moved away or hidden."""
    paragraph = Paragraph()
    for piece in _pieces(element, paragraph):
        paragraph.text += piece
    return paragraph


def _pieces(element: Element, paragraph: Paragraph) -> Iterator[str]:
    for one in element:
        name = local(one)
        if name in _UNSEEN or (name == "r" and _vanished(one)):
            continue
        if name == "t":
            yield one.text or ""
        elif name == "txbxContent":
            paragraph.boxes.append(one)
        elif name == "lastRenderedPageBreak":
            paragraph.breaks.append(len(paragraph.text))
        elif name == "br":
            yield "\n"
        elif name in _MARKS:
            yield _MARKS[name]
        elif name in ("footnoteReference", "endnoteReference", "commentReference"):
            paragraph.notes.append((name.removesuffix("Reference"), attribute(one, "id")))
        else:
            yield from _pieces(one, paragraph)


def _vanished(run: Element) -> bool:
    mark = child(run, "rPr", "vanish")
    return mark is not None and attribute(mark) not in ("0", "false", "off")
