"""What the one writer of a library in a Milvus does with passages and vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.library.passages import ANALYSER
from tritonqa.library.store.base import File, Indexed
from tritonqa.library.store.milvus.client import Client, any_of
from tritonqa.library.store.milvus.records import PART
from tritonqa.library.store.milvus.schema import (
    EVERY,
    PASSAGES,
    VECTORS,
    create_vectors,
    passage_of,
    passage_row,
)
from tritonqa.library.store.records import STAMPS, TEXT, Entry, Records, RecordsWriter
from tritonqa.library.store.searched import searched_passage


class MilvusWriter(RecordsWriter):
    """Passages in one collection, their vectors in another."""

    def __init__(self, client: Client, records: Records, still_mine: Callable[[], None]) -> None:
        """Take the client, and what a RecordsWriter takes."""
        super().__init__(records, still_mine)
        self._client = client
        self._lacking: list[int] | None = None  # passages without a vector, once they were looked up

    def insert(self, file: File, indexed: Indexed) -> Entry:
        """Write the passages of a document, and return what is to be known of it."""
        document = indexed.document
        rows = [
            passage_row(file.digest, document.title, number, passage)
            for number, passage in enumerate(indexed.passages)
        ]
        self.records.put(TEXT, file.digest, document.text)
        self._client.upsert(PASSAGES, rows)
        self._lacking = None
        terms = sum(len(row["terms"].split()) for row in rows)
        return Entry.of_document(file, indexed, len(rows), terms)

    def rename(self, digest: str, title: str) -> int:
        """Let passages be found by another title of their document; return how many terms they have."""
        rows = self._client.scan(PASSAGES, any_of("digest", [digest]), ("body",))
        numbered = {row["id"]: passage_of(row["body"]) for row in rows}
        ordered = sorted(numbered.values(), key=lambda passage: passage.start)
        made = [passage_row(digest, title, number, one) for number, one in enumerate(ordered)]
        self._client.upsert(PASSAGES, made)
        return sum(len(row["terms"].split()) for row in made)

    def forget(self, digests: set[str]) -> None:
        """Delete the passages of documents, with their vectors and texts."""
        self._client.delete(PASSAGES, any_of("digest", digests))
        if self._client.has(VECTORS):
            self._client.delete(VECTORS, any_of("digest", digests))
        self.records.delete(TEXT, digests)
        self._lacking = None

    def without_vector(self, limit: int) -> list[tuple[int, str]]:
        """Return some passages that have no vector yet: ids, and the texts that vectors are made of."""
        if self._lacking is None:
            have = self._ids(VECTORS) if self._client.has(VECTORS) else set()
            self._lacking = sorted(self._ids(PASSAGES) - have)
        titles = {digest: entry.title for digest, entry in self.documents().items()}
        rows = self._client.query(PASSAGES, any_of("id", self._lacking[:limit]), ("id", "digest", "body"))
        found = [
            (int(row["id"]), searched_passage(titles.get(row["digest"], ""), passage_of(row["body"])))
            for row in rows
        ]
        return sorted(found)

    def add_vectors(self, ids: Sequence[int], vectors: FloatArray, encoder: str) -> None:
        """Keep vectors [n, d] of passages, made by an encoder of this name."""
        self.still_mine()
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
        self.count_up(encoder=encoder)

    def optimise(self) -> None:
        """Take away what no file holds: what was half-written when a process was killed."""
        self.still_mine()
        held = self.documents().keys()
        for part in (PASSAGES, VECTORS) if self._client.has(VECTORS) else (PASSAGES,):
            orphans = {row["digest"] for row in self._client.scan(part, EVERY, ("digest",))} - held
            if orphans:
                self._client.delete(part, any_of("digest", orphans))
        kept = self._client.scan(PART, f'kind == "{TEXT}" and part == 0', ("name",))
        if texts := {row["name"].removeprefix(f"{TEXT}-") for row in kept} - held:
            self.records.delete(TEXT, texts)

    def renew(self, encoder: str) -> None:
        """Make the terms anew, and throw away the vectors of another encoder than this."""
        self.still_mine()
        for digest, entry in self.documents().items():
            self.rename(digest, entry.title)
        stamps = self.records.get(STAMPS, "library")
        if stamps["encoder"] != encoder and self._client.has(VECTORS):
            self._client.drop(VECTORS)
            stamps["encoder"] = ""
        self.count_up(analyser=ANALYSER, encoder=stamps["encoder"])

    def _ids(self, part: str) -> set[int]:
        return {int(row["id"]) for row in self._client.scan(part, EVERY, ())}
