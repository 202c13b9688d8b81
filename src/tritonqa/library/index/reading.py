"""Documents as they were read → those that would be read otherwise now."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from itertools import chain

from tritonqa.library.document import Document
from tritonqa.library.parse.version import parser_of
from tritonqa.library.passages import SPLITTER
from tritonqa.library.store import Reading


def fingerprint(document: Document) -> str:
    """Return what two readings have in common that make the same passages, at the same places."""
    found = sha256(document.text.encode("utf-8"))
    places = chain(document.pages, document.sections, document.rows)
    for part in chain((SPLITTER, document.kind, document.title), places):
        found.update(repr(part).encode("utf-8", "backslashreplace"))
    return found.hexdigest()


def outdated(readings: Iterable[Reading], ocr: bool) -> set[str]:
    """Return the digests of what another version has read; without OCR, of nothing that was read by it."""
    return {
        one.digest
        for one in readings
        if (parser := parser_of(one.kind)) and one.parser != parser and (ocr or not one.ocr)
    }
