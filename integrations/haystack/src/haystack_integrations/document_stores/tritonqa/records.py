"""A Document of Haystack ↔ what a library keeps of it."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from time import time_ns
from urllib.parse import quote

from haystack import Document

from tritonqa.errors import InputError
from tritonqa.library import document as parsed
from tritonqa.library.passages import split
from tritonqa.library.store import File, Indexed, View
from tritonqa.text import checked_text

PLACE = "haystack"  # the folder, of no files, under which documents have their paths


def path_of(folder: Path, document_id: str) -> Path:
    """
    Name the path of a document in a library.

    :param folder:
        The library's folder.
    :param document_id:
        Any text.
    :returns:
        A path at which no file lies.
    """
    return folder / PLACE / ("id=" + quote(document_id, safe=""))


def record_of(document: Document) -> str:
    """
    Write what a library does not know of: all but the content, which it keeps itself.

    :param document:
        The document.
    :returns:
        JSON.
    :raises InputError:
        If the document's meta is not JSON, or its content can't be encoded.
    """
    checked_text(document.content or "", f"the content of document {document.id}")
    record = replace(document, content=None, score=None).to_dict(flatten=False)
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"the meta of document {document.id} can't be kept as JSON ({error}); make it text, numbers, "
            "lists and dictionaries",
            "documents",
        ) from error


def indexed_of(document: Document, path: Path) -> tuple[File, Indexed | None]:
    """
    Cut a document into passages.

    :param document:
        The document.
    :param path:
        Its path in the library.
    :returns:
        The file that stands for it, and the passages; without them where it has no content.
    """
    now = time_ns()
    if document.content is None:
        return File(path, 0, now, now), None
    title = document.meta.get("title")
    title = title if isinstance(title, str) else ""
    digest = sha256(f"{title}\0{document.content}".encode()).hexdigest()
    text = parsed.Document(document.content, "text", title, digest=digest)
    return File(path, len(document.content), now, now, digest), Indexed(text, split(text))


def document_of(view: View, file: File, record: str) -> Document:
    """
    Read a document back.

    :param view:
        Where the document's content is.
    :param file:
        What stands for it.
    :param record:
        What record_of wrote; empty for a file that was indexed by `tritonqa index`.
    :returns:
        The document; of a file, its text with file_path, title, kind and page_number in meta, and what it
        says of itself: author, date and others.
    """
    text = view.document(file.path) if file.digest else None
    if record:
        return replace(Document.from_dict(json.loads(record)), content=text.text if text else None)
    meta: dict[str, object] = {"file_path": str(file.path)}
    if file.reason:
        meta["reason"] = file.reason
    if text:
        said = {
            name: values[0] if len(values) == 1 else list(values) for name, values in text.metadata.items()
        }
        meta = said | meta | {"title": text.title, "kind": text.kind}
        meta |= {"page_number": text.pages[0].number} if text.pages else {}
    return Document(id=str(file.path), content=text.text if text else None, meta=meta)
