"""Files with what is known of their documents ↔ records."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tritonqa.library.document import Line, Page
from tritonqa.library.metadata import Metadata
from tritonqa.library.store.base import File, Indexed


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as it is kept, with what searching needs to know of its document: passages and their terms."""

    file: File
    meta: str = ""
    kind: str = ""
    title: str = ""
    pages: tuple[Page, ...] = ()
    passages: int = 0
    terms: int = 0
    notes: tuple[str, ...] = ()
    metadata: Metadata = field(default_factory=dict)
    parser: str = ""
    fingerprint: str = ""

    @classmethod
    def of_document(cls, file: File, indexed: Indexed, passages: int, terms: int) -> Entry:
        """Take what is to be known of a document."""
        one = indexed.document
        known = (one.kind, one.title, one.pages, passages, terms, one.notes, one.metadata, one.parser)
        return cls(file, "", *known, indexed.fingerprint)

    def record(self) -> dict[str, Any]:
        """Write it as JSON has it; a path may hold any bytes, and JSON escapes them."""
        file = self.file
        return {
            "path": str(file.path),
            "file": (file.size, file.modified, file.indexed, file.digest, file.reason),
            "meta": self.meta,
            "kind": self.kind,
            "title": self.title,
            "pages": [astuple(page) for page in self.pages],
            "passages": self.passages,
            "terms": self.terms,
            "notes": self.notes,
            "metadata": dict(self.metadata),
            "parser": self.parser,
            "fingerprint": self.fingerprint,
        }

    @classmethod
    def of(cls, record: dict[str, Any]) -> Entry:
        """Read what record wrote; older ones lack what is not named here."""
        file = File(Path(record["path"]), *record["file"])
        pages = tuple(
            Page(number, label, start, end, ocr, tuple(Line(*line) for line in lines))
            for number, label, start, end, ocr, lines in record["pages"]
        )
        known = {name: record[name] for name in ("meta", "kind", "title", "passages", "terms")}
        known |= {name: record.get(name, "") for name in ("parser", "fingerprint")}
        said = {name: tuple(values) for name, values in record.get("metadata", {}).items()}
        return cls(file, pages=pages, notes=tuple(record.get("notes", ())), metadata=said, **known)


def name_of(path: Path) -> str:
    """Return the name of a file's record."""
    return sha256(os.fsencode(path)).hexdigest()


def names_of(paths: Iterable[Path]) -> list[str]:
    """Return the names of files' records."""
    return [name_of(path) for path in paths]
