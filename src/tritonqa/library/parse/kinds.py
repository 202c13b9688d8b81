"""File → its kind, by what it holds and by its name."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tritonqa.errors import DocumentError
from tritonqa.library.parse.source import Source


@dataclass(frozen=True, slots=True)
class Kind:
    """A format; the module in formats/ of the same name reads it.

    begins: how its files begin. packed: the file in it that tells it from other zips.
    """

    name: str
    suffixes: tuple[str, ...]
    begins: tuple[bytes, ...] = ()
    packed: str = ""


KINDS = (
    Kind("pdf", (".pdf",), (b"%PDF-",)),
    Kind("docx", (".docx", ".docm", ".dotx"), packed="word/document.xml"),
    Kind("xlsx", (".xlsx", ".xlsm"), packed="xl/workbook.xml"),
    Kind("pptx", (".pptx", ".pptm", ".ppsx"), packed="ppt/presentation.xml"),
    Kind("epub", (".epub",), packed="META-INF/container.xml"),
    Kind("html", (".html", ".htm", ".xhtml"), (b"<!doctype html", b"<html")),
    Kind(
        "eml", (".eml", ".mht", ".mhtml"), (b"MIME-Version:", b"Return-Path:", b"Received:", b"Delivered-To:")
    ),
    Kind("markdown", (".md", ".markdown")),
    Kind("csv", (".csv", ".tsv")),
    Kind("jsonl", (".jsonl", ".ndjson", ".json")),
    Kind("text", (".txt", ".text", ".log", ".rst")),
)
_OTHERS = (  # what else can be told, and what to do with it
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "is an old Office file, or an encrypted one; save it as .docx, .xlsx or .pptx, without a password",
    ),
    (b"\xffWPC", "is a WordPerfect file; save it as .docx"),
    (b"{\\rtf", "is an RTF file; save it as .docx"),
    (b"\x89PNG", "is an image; put it into a PDF and read it by OCR"),
    (b"\xff\xd8\xff", "is an image; put it into a PDF and read it by OCR"),
    (b"GIF8", "is an image; put it into a PDF and read it by OCR"),
    (b"II*\x00", "is an image; put it into a PDF and read it by OCR"),
    (b"MM\x00*", "is an image; put it into a PDF and read it by OCR"),
    (b"\x1f\x8b", "is compressed; unpack it first"),
    (b"BZh", "is compressed; unpack it first"),
    (b"\xfd7zXZ", "is compressed; unpack it first"),
    (b"PK\x05\x06", "is an archive; unpack it first"),
    (b"7z\xbc\xaf", "is an archive; unpack it first"),
    (b"Rar!", "is an archive; unpack it first"),
    (b"\x7fELF", "is a program, not a document"),
    (b"MZ", "is a program, not a document"),
    (b"SQLite format 3", "is a database, not a document"),
)
_LINKS = (".gdoc", ".gsheet", ".gslides", ".url", ".webloc", ".lnk")
_HEAD = 1024  # bytes in which a PDF's header may stand


def kinds() -> dict[str, tuple[str, ...]]:
    """Return the kinds that can be read, each with the suffixes of its files."""
    return {kind.name: kind.suffixes for kind in KINDS}


def kind_of(source: Source) -> str:
    """Return the kind of a file: by its first bytes, then by its suffix, and text where neither tells.

    Raises DocumentError for what is known to be something else.
    """
    named = _named(source.path)
    _refuse_placeholder(source, named)
    if source.data.startswith(b"PK\x03\x04"):
        return _packed(source.data)
    head = source.data[:_HEAD]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for kind in KINDS:
        if any(start.startswith(mark.lower()) for mark in kind.begins):
            return kind.name
    if b"%PDF-" in head:
        return "pdf"
    for mark, reason in _OTHERS:
        if head.startswith(mark):
            raise DocumentError(reason)
    if named is None:
        return "text"
    if named.packed:
        raise DocumentError(f"is named {source.path.suffix} but holds something else; give it its right name")
    return named.name


def _refuse_placeholder(source: Source, named: Kind | None) -> None:
    """Refuse what stands on a disk for a document that is elsewhere."""
    if source.path.suffix.lower() in _LINKS:
        raise DocumentError("is a link to what is elsewhere; download that")
    holds_bytes = source.data or (named is not None and (named.packed or named.name == "pdf"))
    if holds_bytes and not source.data.strip(b"\x00"):
        raise DocumentError("is empty; download it or save it again")


def _named(path: Path) -> Kind | None:
    return next((kind for kind in KINDS if path.suffix.lower() in kind.suffixes), None)


def _packed(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise DocumentError("is a damaged zip file; repair it or save it again") from error
    for kind in KINDS:
        if kind.packed and kind.packed in names:
            return kind.name
    raise DocumentError("is an archive; unpack it first")
