"""EPUB: its chapters in the order in which they are read."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from tritonqa.errors import DocumentError
from tritonqa.library.document import Document
from tritonqa.library.parse.archive import archive, local, xml
from tritonqa.library.parse.decode import decode
from tritonqa.library.parse.options import ParseOptions
from tritonqa.library.parse.source import Source
from tritonqa.library.parse.web import write_html
from tritonqa.library.parse.writer import Writer


def read(source: Source, options: ParseOptions) -> Document:
    """Return what is shown of each chapter. Raises DocumentError for a book that is locked by DRM."""
    writer = Writer()
    with archive(source, options) as book:
        names = set(book.namelist())
        package = next(
            (one.get("full-path", "") for one in _all(xml(book.read("META-INF/container.xml")), "rootfile")),
            "",
        )
        if package not in names:
            raise DocumentError("is a damaged EPUB: it names no package; save it again")
        root = xml(book.read(package))
        for kept in ("creator", "date", "language", "subject"):
            writer.describe(kept, [one.text or "" for one in _all(root, kept)])
        files = {one.get("id"): one.get("href", "") for one in _all(root, "item")}
        locked = (
            _locked(book.read("META-INF/encryption.xml")) if "META-INF/encryption.xml" in names else set()
        )
        for reference in _all(root, "itemref"):
            href = unquote(files.get(reference.get("idref"), ""))
            name = posixpath.normpath(posixpath.join(posixpath.dirname(package), href))
            if name in locked:
                raise DocumentError("is locked by DRM; give a copy that is not")
            if name in names:
                writer.line(2)
                write_html(writer, decode(book.read(name)), xml=True)
            else:
                writer.notes.append(f"chapter {href} is missing")
    title = next((one.text or "" for one in _all(root, "title")), "")
    return writer.document("epub", title)


def _all(root: Element, name: str) -> list[Element]:
    return [one for one in root.iter() if local(one) == name]


def _locked(data: bytes) -> set[str]:
    return {one.get("URI", "") for one in _all(xml(data), "CipherReference")}
