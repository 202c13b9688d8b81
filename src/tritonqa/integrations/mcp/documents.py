"""A library's documents → resources that an assistant can read, by a short name instead of a path."""

from __future__ import annotations

from hashlib import sha256

from tritonqa.errors import InputError
from tritonqa.library.document import Document
from tritonqa.library.library import Library

SCHEME = "tritonqa://documents"


def resource_of(document: str, page: int | None = None) -> str:
    """Return the address of a document, or of its page."""
    name = sha256(document.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{SCHEME}/{name}" + (f"/pages/{page}" if page else "")


def listing(library: Library) -> list[dict[str, object]]:
    """Name all documents with their addresses."""
    return [
        {
            "document": path,
            "title": document.title,
            "pages": len(document.pages),
            "resource": resource_of(path),
        }
        for path, document in library.documents()
    ]


def read(library: Library, name: str, page: int | None = None) -> str:
    """Return the text of a document, or of one page; raises InputError where there is none."""
    document = _named(library, name)
    if page is None:
        return document.text
    for found in document.pages:
        if found.number == page:
            return document.text[found.start : found.end]
    raise InputError(f"page {page} is not there; the document has {len(document.pages)}", "page")


def _named(library: Library, name: str) -> Document:
    for path, document in library.documents():
        if resource_of(path) == f"{SCHEME}/{name}":
            return document
    raise InputError(f"document {name!r} is not in the library; read {SCHEME} for those that are", "name")
