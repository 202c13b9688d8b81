"""A place in a document → citations, looked up in the files as they are now."""

from __future__ import annotations

from pathlib import Path

from tritonqa.digests import fresh_sha256
from tritonqa.errors import DocumentError
from tritonqa.library.answer.cited import Citation, Status
from tritonqa.library.answer.place import address_of
from tritonqa.library.document import Box, Page, page_at
from tritonqa.library.parse import LAID_OUT, ParseOptions, excerpt_apart
from tritonqa.library.store import File, Stored


class Citer:
    """Reads each file once while one ask is answered."""

    def __init__(self, options: ParseOptions) -> None:
        """Take how documents are parsed: passwords and limits."""
        self._options = options
        self._statuses: dict[Path, Status] = {}

    def citations(self, passage: Stored, start: int, end: int, text: str) -> list[Citation]:
        """Return a citation for each file that holds the document, those that hold the words now first.

        What is verified are the bytes of the whole file, from which the text was parsed, and, where it has a
        layout, the words at the place itself; only then are there boxes.
        """
        page = page_at(passage.pages, start)
        address = address_of(passage, start)
        found = []
        for file in passage.files:
            status = self._status(file)
            boxes: tuple[Box, ...] = ()
            if status is Status.VERIFIED and passage.kind in LAID_OUT:
                status, boxes = self._look(file.path, passage.pages, start, end, text)
            found.append(
                Citation(
                    str(file.path),
                    text,
                    start,
                    end,
                    page.number if page else None,
                    page.label if page else None,
                    address,
                    boxes,
                    page.ocr if page else False,
                    status,
                )
            )
        return sorted(found, key=lambda citation: citation.status is not Status.VERIFIED)

    def _status(self, file: File) -> Status:
        if file.path not in self._statuses:
            self._statuses[file.path] = _compare(file)
        return self._statuses[file.path]

    def _look(
        self, path: Path, pages: tuple[Page, ...], start: int, end: int, text: str
    ) -> tuple[Status, tuple[Box, ...]]:
        """Read the words at the place; the same bytes hold them even where they can't be parsed here."""
        try:
            seen = excerpt_apart(path, pages, start, end, self._options)
        except DocumentError:
            return Status.VERIFIED, ()
        return (Status.VERIFIED, seen.boxes) if seen.text == text else (Status.CHANGED, ())


def _compare(file: File) -> Status:
    try:
        same = fresh_sha256(file.path) == file.digest
    except OSError:
        return Status.MISSING
    return Status.VERIFIED if same else Status.CHANGED
