"""What a writer does with files and documents, whatever keeps the passages.

There are no transactions. What is written is seen with its file's record, which is written last and deleted
first; what a kill leaves half-written is never seen, and optimise() takes it away.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tritonqa.library.document import Document
from tritonqa.library.store.base import File, Indexed, Reading, Writer
from tritonqa.library.store.records.base import FILE, STAMPS, Records
from tritonqa.library.store.records.entries import Entry, name_of, names_of


class RecordsWriter(Writer):
    """One process at a time; still_mine raises LibraryError where another has taken over."""

    def __init__(self, records: Records, still_mine: Callable[[], None]) -> None:
        """Take the records, and what tells that this is the writer yet."""
        self.records, self.still_mine = records, still_mine
        self.entries: dict[Path, Entry] = {}
        self._holders: dict[str, set[Path]] = {}  # by digest
        for record in records.all(FILE):
            self._keep(Entry.of(record))

    @abstractmethod
    def insert(self, file: File, indexed: Indexed) -> Entry:
        """Write the passages of a document, and return what is to be known of it."""

    @abstractmethod
    def rename(self, digest: str, title: str) -> int:
        """Let passages be found by another title of their document; return how many terms they have."""

    @abstractmethod
    def forget(self, digests: set[str]) -> None:
        """Delete the passages of documents, with their vectors and texts."""

    def files(self) -> dict[Path, File]:
        """Return all files."""
        return {path: entry.file for path, entry in self.entries.items()}

    def has(self, digest: str) -> bool:
        """Tell whether a document of these bytes is there."""
        return self._held(digest) is not None

    def noted(self, ending: str) -> set[str]:
        """Return the digests of documents that have a note of this ending."""
        held = self.documents().items()
        return {digest for digest, entry in held if any(note.endswith(ending) for note in entry.notes)}

    def readings(self) -> Iterator[Reading]:
        """Say of each document how it was read."""
        for digest, one in self.documents().items():
            ocr = any(page.ocr for page in one.pages)
            yield Reading(digest, one.kind, ocr, one.parser, one.fingerprint, one.title)

    def read_again(self, document: Document, fingerprint: str) -> None:
        """Keep the notes, the metadata and the parser of a document that was parsed anew to the same text."""
        self.still_mine()
        said = {"notes": document.notes, "metadata": document.metadata, "parser": document.parser}
        self._change(document.digest, **said, fingerprint=fingerprint)

    def retitle(self, digest: str, title: str) -> None:
        """Call the document of these bytes otherwise, and find it by that; its vectors stay."""
        self.still_mine()
        self._change(digest, title=title, terms=self.rename(digest, title))

    def put(self, file: File, indexed: Indexed | None = None, meta: str = "") -> None:
        """Keep a file in place of what stood at its path."""
        self.still_mine()
        entry = self._held(file.digest) or (self.insert(file, indexed) if indexed else Entry(file))
        entry = replace(entry, file=file, meta=meta)
        before = self.entries.get(file.path)
        self.records.put(FILE, name_of(file.path), entry.record())
        if before is not None:
            self._drop(before)
        self._keep(entry)
        self._forget_unheld([before] if before else [])
        self.count_up()

    def replace(self, file: File, indexed: Indexed) -> None:
        """Keep a document in place of what its bytes were read as before, for all files that hold them."""
        others = [self.entries[path] for path in self._holders[file.digest] - {file.path}]
        meta = self.entries[file.path].meta
        self.remove([file.path, *(one.file.path for one in others)])
        self.put(file, indexed, meta)
        for one in others:
            self.put(one.file, meta=one.meta)

    def remove(self, paths: Iterable[Path]) -> None:
        """Forget files, and documents that no file holds any more."""
        self.still_mine()
        gone = {path: self.entries[path] for path in paths if path in self.entries}
        if not gone:
            return
        self.records.delete(FILE, names_of(gone))
        for entry in gone.values():
            self._drop(entry)
        self._forget_unheld(gone.values())
        self.count_up()

    def move(self, old: Path, file: File) -> None:
        """Keep a file that was at another path before."""
        self.put(file, meta=self.entries[old].meta)
        if old != file.path:
            self.remove([old])

    def documents(self) -> dict[str, Entry]:
        """Return an entry for each document, by its digest."""
        return {entry.file.digest: entry for entry in self.entries.values() if entry.file.digest}

    def count_up(self, **stamps: str) -> None:
        """Count the generation, and change stamps."""
        known = self.records.get(STAMPS, "library")
        self.records.put(STAMPS, "library", known | stamps | {"generation": known["generation"] + 1})

    def _change(self, digest: str, **changes: Any) -> None:
        """Write what is known of a document otherwise, with each of its files."""
        for path in sorted(self._holders.get(digest, ())):
            self.entries[path] = replace(self.entries[path], **changes)
            self.records.put(FILE, name_of(path), self.entries[path].record())
        self.count_up()

    def _held(self, digest: str) -> Entry | None:
        holders = self._holders.get(digest)
        return self.entries[next(iter(holders))] if digest and holders else None

    def _keep(self, entry: Entry) -> None:
        self.entries[entry.file.path] = entry
        self._holders.setdefault(entry.file.digest, set()).add(entry.file.path)

    def _drop(self, entry: Entry) -> None:
        del self.entries[entry.file.path]
        self._holders[entry.file.digest].discard(entry.file.path)

    def _forget_unheld(self, before: Iterable[Entry]) -> None:
        digests = {entry.file.digest for entry in before}
        if gone := {digest for digest in digests if digest and not self.has(digest)}:
            self.forget(gone)
