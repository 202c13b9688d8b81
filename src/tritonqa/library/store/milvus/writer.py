"""What the one writer of a library in a Milvus does.

Milvus has no transactions. What is written is seen with its file's record, which is written last and deleted
first; what a kill leaves half-written is never seen, and optimise() takes it away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.library.passages import ANALYSER
from tritonqa.library.store.base import File, Indexed, Writer
from tritonqa.library.store.milvus.client import Client, any_of
from tritonqa.library.store.milvus.entries import Entry, name_of, names_of
from tritonqa.library.store.milvus.records import FILE, PART, STAMPS, TEXT, Records
from tritonqa.library.store.milvus.schema import (
    PASSAGES,
    VECTORS,
    create_vectors,
    passage_of,
    passage_row,
    searched,
)

_AT_ONCE = 500  # passages read at once


class MilvusWriter(Writer):
    """One process at a time; still_mine raises LibraryError where another has taken over."""

    def __init__(self, client: Client, still_mine: Callable[[], None]) -> None:
        """Take the client, and what tells that this is the writer yet."""
        self._client, self._still_mine = client, still_mine
        self._records = Records(client)
        self._entries: dict[Path, Entry] = {}
        self._holders: dict[str, set[Path]] = {}  # by digest
        for record in self._records.all(FILE):
            self._keep(Entry.of(record))
        self._lacking: list[int] | None = None

    def files(self) -> dict[Path, File]:
        """Return all files."""
        return {path: entry.file for path, entry in self._entries.items()}

    def has(self, digest: str) -> bool:
        """Tell whether a document of these bytes is there."""
        return self._held(digest) is not None

    def put(self, file: File, indexed: Indexed | None = None, meta: str = "") -> None:
        """Keep a file in place of what stood at its path."""
        self._still_mine()
        held = self._held(file.digest)
        if held is not None:
            entry = replace(held, file=file, meta=meta)
        elif indexed is not None:
            entry = self._insert(file, indexed, meta)
        else:
            entry = Entry(file, meta)
        before = self._entries.get(file.path)
        self._records.put(FILE, name_of(file.path), entry.record())
        if before is not None:
            self._drop(before)
        self._keep(entry)
        self._forget_unheld([before] if before else [])
        self._count_up()

    def remove(self, paths: Iterable[Path]) -> None:
        """Forget files, and documents that no file holds any more."""
        self._still_mine()
        gone = {path: self._entries[path] for path in paths if path in self._entries}
        if not gone:
            return
        self._records.delete(FILE, names_of(gone))
        for entry in gone.values():
            self._drop(entry)
        self._forget_unheld(gone.values())
        self._count_up()

    def move(self, old: Path, file: File) -> None:
        """Keep a file that was at another path before."""
        entry = self._entries[old]
        self.put(file, meta=entry.meta)
        if old != file.path:
            self.remove([old])

    def without_vector(self, limit: int) -> list[tuple[int, str]]:
        """Return some passages that have no vector yet: ids, and the texts that vectors are made of."""
        if self._lacking is None:
            have = self._ids(VECTORS) if self._client.has(VECTORS) else set()
            self._lacking = sorted(self._ids(PASSAGES) - have)
        titles = {entry.file.digest: entry.title for entry in self._entries.values()}
        rows = self._client.query(PASSAGES, any_of("id", self._lacking[:limit]), ("id", "digest", "body"))
        found = [
            (int(row["id"]), searched(titles.get(row["digest"], ""), passage_of(row["body"]))) for row in rows
        ]
        return sorted(found)

    def add_vectors(self, ids: Sequence[int], vectors: FloatArray, encoder: str) -> None:
        """Keep vectors [n, d] of passages, made by an encoder of this name."""
        self._still_mine()
        if not self._client.has(VECTORS):
            create_vectors(self._client, vectors.shape[1])
        rows = self._client.query(PASSAGES, any_of("id", ids), ("id", "digest"))
        digests = {int(row["id"]): row["digest"] for row in rows}
        self._client.upsert(
            VECTORS,
            (
                {"id": number, "digest": digests[number], "vector": vector.astype(np.float32).tolist()}
                for number, vector in zip(ids, vectors, strict=True)
                if number in digests
            ),
        )
        done = set(ids)
        self._lacking = [number for number in self._lacking or () if number not in done]
        self._count_up(encoder=encoder)

    def optimise(self) -> None:
        """Take away what no file holds: what was half-written when a process was killed."""
        self._still_mine()
        held = {entry.file.digest for entry in self._entries.values()}
        for part in (PASSAGES, VECTORS) if self._client.has(VECTORS) else (PASSAGES,):
            orphans = {row["digest"] for row in self._client.scan(part, "id >= 0", ("digest",))} - held
            if orphans:
                self._client.delete(part, any_of("digest", orphans))
        kept = self._client.scan(PART, f'kind == "{TEXT}" and part == 0', ("name",))
        if texts := {row["name"].removeprefix(f"{TEXT}-") for row in kept} - held:
            self._records.delete(TEXT, texts)

    def renew(self, encoder: str) -> None:
        """Make the terms anew, and throw away the vectors of another encoder than this."""
        self._still_mine()
        titles = {entry.file.digest: entry for entry in self._entries.values()}
        for digest, entry in titles.items():
            rows = self._client.scan(PASSAGES, any_of("digest", [digest]), ("body",))
            numbered = {row["id"]: passage_of(row["body"]) for row in rows}
            ordered = sorted(numbered.values(), key=lambda passage: passage.start)
            made = [passage_row(digest, entry.title, number, one) for number, one in enumerate(ordered)]
            self._client.upsert(PASSAGES, made)
        stamps = self._records.get(STAMPS, "library")
        if stamps["encoder"] != encoder and self._client.has(VECTORS):
            self._client.drop(VECTORS)
            stamps["encoder"] = ""
        self._count_up(analyser=ANALYSER, encoder=stamps["encoder"])

    def _insert(self, file: File, indexed: Indexed, meta: str) -> Entry:
        document = indexed.document
        rows = [
            passage_row(file.digest, document.title, number, passage)
            for number, passage in enumerate(indexed.passages)
        ]
        self._records.put(TEXT, file.digest, document.text)
        self._client.upsert(PASSAGES, rows)
        self._lacking = None
        terms = sum(len(row["terms"].split()) for row in rows)
        return Entry(file, meta, document.kind, document.title, document.pages, len(rows), terms)

    def _held(self, digest: str) -> Entry | None:
        holders = self._holders.get(digest)
        return self._entries[next(iter(holders))] if digest and holders else None

    def _keep(self, entry: Entry) -> None:
        self._entries[entry.file.path] = entry
        self._holders.setdefault(entry.file.digest, set()).add(entry.file.path)

    def _drop(self, entry: Entry) -> None:
        del self._entries[entry.file.path]
        self._holders[entry.file.digest].discard(entry.file.path)

    def _forget_unheld(self, before: Iterable[Entry]) -> None:
        """Delete the documents of these files that no file holds any more, with passages and vectors."""
        digests = {entry.file.digest for entry in before}
        gone = {digest for digest in digests if digest and not self.has(digest)}
        if gone:
            self._client.delete(PASSAGES, any_of("digest", gone))
            if self._client.has(VECTORS):
                self._client.delete(VECTORS, any_of("digest", gone))
            self._records.delete(TEXT, gone)
            self._lacking = None

    def _ids(self, part: str) -> set[int]:
        return {int(row["id"]) for row in self._client.scan(part, "id >= 0", ())}

    def _count_up(self, **stamps: str) -> None:
        known = self._records.get(STAMPS, "library")
        self._records.put(STAMPS, "library", known | stamps | {"generation": known["generation"] + 1})
