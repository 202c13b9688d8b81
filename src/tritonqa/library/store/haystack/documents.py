"""Passages ↔ Haystack's Documents."""

from __future__ import annotations

import json
from dataclasses import astuple
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tritonqa.errors import InputError
from tritonqa.library.document import Page, page_at
from tritonqa.library.metadata import Metadata, metadata_of
from tritonqa.library.passages import Passage, Piece
from tritonqa.library.store.base import File, Stored
from tritonqa.library.store.records import Entry
from tritonqa.text import checked_text

if TYPE_CHECKING:
    from haystack import Document

FOREIGN = "haystack"  # the kind of documents that another pipeline wrote
MARK = "tritonqa"  # in meta: what a document of ours is
PASSAGE, ENCODER, DIGEST = "passage", "tritonqa_encoder", "tritonqa_digest"


def id_of(name: str) -> int:
    """Return a passage's number by its Document's id."""
    return int.from_bytes(blake2b(name.encode("utf-8", "replace"), digest_size=8).digest(), "little") >> 1


def document_of(file: File, title: str, pages: tuple[Page, ...], number: int, passage: Passage) -> Document:
    """Write a passage, the number-th of its file, as others may use it too."""
    from haystack import Document

    pieces = [astuple(piece) for piece in passage.pieces]
    meta: dict[str, Any] = {
        MARK: PASSAGE,
        DIGEST: file.digest,
        "file_path": str(file.path),
        "title": title,
        "start": passage.start,
        "end": passage.end,
        "tritonqa_passage": json.dumps((passage.heading, passage.described, pieces)),
    }
    page = page_at(pages, passage.start)
    meta |= {"page_number": page.number} if page else {}
    return Document(id=f"{MARK}-{file.digest}-{number}", content=passage.text, meta=meta)


def passage_of(document: Document) -> Passage:
    """Read a passage of ours back."""
    meta = document.meta
    heading, described, pieces = json.loads(meta["tritonqa_passage"])
    made = tuple(Piece(*piece) for piece in pieces)
    return Passage(meta["start"], meta["end"], document.content or "", tuple(heading), described, made)


def is_ours(document: Document) -> bool:
    """Tell whether a library wrote a document."""
    return MARK in (document.meta or {})


def stored_of(document: Document, same: list[Entry]) -> Stored:
    """Read a passage with its files; one that another pipeline wrote is a document and a file of its own."""
    number = id_of(document.id)
    if not is_ours(document):
        text = document.content or ""
        file, title, pages = foreign_file(document), document.meta.get("title"), foreign_pages(document)
        title = title if isinstance(title, str) else ""
        said = foreign_metadata(document)
        return Stored(
            *(number, text, 0, len(text), (), file.digest, title, FOREIGN, pages, (file,)), metadata=said
        )
    passage, entry = passage_of(document), same[0]
    files = tuple(one.file for one in same)
    place = (passage.text, passage.start, passage.end, passage.heading)
    read = (passage.described, passage.pieces, entry.metadata)
    return Stored(number, *place, entry.file.digest, entry.title, entry.kind, entry.pages, files, *read)


def foreign_file(document: Document) -> File:
    """Name the file that stands for a document that another pipeline wrote: there is none on disk."""
    return File(
        Path("/haystack") / (document.id.strip("/") or "-"), len(document.content or ""), 0, 0, document.id
    )


def foreign_metadata(document: Document) -> Metadata:
    """Return what its meta says of a document that another pipeline wrote."""
    return metadata_of(document.meta or {})


def foreign_pages(document: Document) -> tuple[Page, ...]:
    """Return the pages of a document whose meta says its first one; a form feed begins the next."""
    first, text = document.meta.get("page_number"), document.content or ""
    if not isinstance(first, int) or isinstance(first, bool):
        return ()
    pages, at = [], 0
    for number, part in enumerate(text.split("\f"), first):
        pages.append(Page(number, str(number), at, at + len(part) + 1))
        at += len(part) + 1
    return tuple(pages)


def can_be_read(document: Document) -> bool:
    """Tell whether a document holds text; what other pipelines put into a store need not."""
    if not isinstance(document.content, str) or not document.content.strip():
        return False
    try:
        checked_text(document.content, "content")
    except InputError:
        return False
    return True
