"""A library in a Milvus as it was when it was opened, within a scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.errors import LibraryError
from tritonqa.library.document import Document
from tritonqa.library.store.base import Counts, File, Found, Stored, View
from tritonqa.library.store.bm25 import K1, gain, idf
from tritonqa.library.store.milvus.client import Client, Rows, any_of
from tritonqa.library.store.milvus.records import MilvusRecords
from tritonqa.library.store.milvus.schema import EVERY, NOTHING, PASSAGES, VECTORS, encoded, passage_of
from tritonqa.library.store.records import TEXT, Files
from tritonqa.library.store.scope import EVERYTHING, AnyScope

_AT_ONCE = 500  # ids in one expression


class MilvusView(View):
    """The files of one generation; a passage whose file is not among them is not seen."""

    def __init__(self, client: Client, generation: int, files: Files, scope: AnyScope) -> None:
        """Take the files of a generation that are in scope."""
        self._client, self._scope, self._files = client, scope, files
        self.generation = generation

    def counts(self) -> Counts:
        """Count what can be seen."""
        read, unreadable = len(self._files.by_path), self._files.unreadable
        return Counts(read - unreadable, unreadable, self._passages)

    def without_vector(self) -> int:
        """Count the passages that have no vector yet."""
        if not self._passages or not self._client.has(VECTORS):
            return self._passages
        return max(self._passages - self._client.count(VECTORS, self._where), 0)

    def lexical(self, terms: Sequence[str], limit: int) -> Found:
        """Return the passages that hold terms, the best by BM25.

        Milvus's own ranking, over all that the collection holds, chooses candidates within the scope; their
        scores are by what the scope holds, so what is out of it changes none.
        """
        held = self._files.documents
        total, length = sum(one.passages for one in held), sum(one.terms for one in held)
        if not total or not terms:
            return Found({}, 0.0)
        words = [encoded(term) for term in terms]
        rarity = {word: idf(total, min(self._holding(word), total)) for word in words}

        def scored(rows: Rows) -> dict[int, float]:
            found = {}
            for row in rows:
                counts = Counter(row["terms"].split())
                size, mean = sum(counts.values()), length / total
                score = sum(rarity[word] * gain(counts[word], size, mean) for word in words)
                if score > 0 and row["digest"] in self._files.by_digest:
                    found[int(row["id"])] = score
            return found

        fields = ("id", "digest", "terms")
        scores = scored(
            self._client.search(PASSAGES, " ".join(words), "sparse", limit, self._where, fields[1:])
        )
        ranked = sorted(scores, key=lambda number: (-scores[number], number))
        return Found(
            {number: scores[number] for number in ranked},
            sum(rarity.values()) * (K1 + 1),
            lambda ids: scored(self._rows(PASSAGES, ids, fields)),
        )

    def dense(self, vector: FloatArray, limit: int) -> Found:
        """Return the passages whose vectors [d] are nearest, by cosine."""
        if not self._files.by_digest or not self._client.has(VECTORS):
            return Found({})
        query = vector.astype(np.float32)
        hits = self._client.search(VECTORS, query.tolist(), "vector", limit, self._where, ("digest",))
        known = self._files.by_digest
        scores = {int(hit["id"]): float(hit["distance"]) for hit in hits if hit["digest"] in known}

        def look_up(ids: Sequence[int]) -> dict[int, float]:
            rows = self._rows(VECTORS, ids, ("id", "digest", "vector"))
            vectors = {int(row["id"]): row["vector"] for row in rows if row["digest"] in known}
            return {number: float(np.asarray(one, np.float32) @ query) for number, one in vectors.items()}

        return Found(scores, look_up=look_up)

    def passages(self, ids: Sequence[int]) -> list[Stored]:
        """Return passages by their ids, in the same order."""
        found = self._rows(PASSAGES, ids, ("id", "digest", "body"))
        rows = {int(row["id"]): (row["digest"], row["body"]) for row in found}
        if any(number not in rows for number in ids):
            raise LibraryError(
                f"documents of {self._client.address.shown} were removed while they were searched; ask again"
            )
        return [self._stored(number, *rows[number]) for number in ids]

    def files(self) -> list[File]:
        """List the files, the unreadable ones too, by path."""
        return [one.file for one in self._files]

    def metas(self, paths: Collection[Path] | None = None) -> Iterator[tuple[File, str]]:
        """Give files, or all, with what else was kept of them."""
        return self._files.metas(paths)

    def document(self, path: Path) -> Document | None:
        """Return a file's document as it was indexed, without sections and rows; None where there is none."""
        one = self._files.by_path.get(path)
        if one is None or not one.file.digest:
            return None
        text = MilvusRecords(self._client).get(TEXT, one.file.digest)
        if text is None:
            return None
        known = (one.kind, one.title, one.pages)
        return Document(text, *known, notes=one.notes, digest=one.file.digest, metadata=one.metadata)

    def notes(self) -> Iterator[tuple[File, tuple[str, ...]]]:
        """Give the files whose documents have notes, with them, by path."""
        return self._files.notes()

    def documents(self, first: Collection[str] = ()) -> Iterator[tuple[Path, Document]]:
        """Give each document once, with the first file that holds it; those of these digests first."""
        for one in sorted(self._files.documents, key=lambda one: one.file.digest not in first):
            if document := self.document(one.file.path):
                yield one.file.path, document

    @cached_property
    def _passages(self) -> int:
        return sum(one.passages for one in self._files.documents)

    @cached_property
    def _where(self) -> str:
        """Write the scope as an expression."""
        if self._scope == EVERYTHING:
            return EVERY
        return any_of("digest", self._files.by_digest) if self._files.by_digest else NOTHING

    def _rows(self, part: str, ids: Sequence[int], fields: Sequence[str]) -> Rows:
        """Return what is kept of passages by their ids, in any order."""
        batches = (any_of("id", ids[at : at + _AT_ONCE]) for at in range(0, len(ids), _AT_ONCE))
        return [row for where in batches for row in self._client.query(part, where, fields)]

    def _holding(self, word: str) -> int:
        return self._client.count(PASSAGES, f"text_match(terms, '{word}') and ({self._where})")

    def _stored(self, number: int, digest: str, body: str) -> Stored:
        passage, same = passage_of(body), self._files.by_digest[digest]
        return Stored(
            number,
            passage.text,
            passage.start,
            passage.end,
            passage.heading,
            digest,
            same[0].title,
            same[0].kind,
            same[0].pages,
            tuple(one.file for one in same),
            passage.described,
            passage.pieces,
            same[0].metadata,
        )
