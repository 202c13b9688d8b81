"""What the one writer of a library over a document store does with passages and vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tritonqa.arrays import FloatArray
from tritonqa.library.passages import analyse
from tritonqa.library.store.base import File, Indexed
from tritonqa.library.store.haystack.calls import Calls, both, equal, one_of
from tritonqa.library.store.haystack.documents import (
    DIGEST,
    ENCODER,
    MARK,
    PASSAGE,
    document_of,
    id_of,
    passage_of,
)
from tritonqa.library.store.records import STAMPS, Entry, Records, RecordsWriter
from tritonqa.library.store.searched import searched_passage

if TYPE_CHECKING:
    from haystack import Document

_META = f"meta.{DIGEST}"


class HaystackWriter(RecordsWriter):
    """Passages and their vectors are Documents; those of other pipelines are left alone."""

    def __init__(self, calls: Calls, records: Records, still_mine: Callable[[], None]) -> None:
        """Take the store, and what a RecordsWriter takes."""
        super().__init__(records, still_mine)
        self._calls = calls
        self._lacking: list[Document] | None = None  # passages without a vector, once they were looked up

    def insert(self, file: File, indexed: Indexed) -> Entry:
        """Write the passages of a document, and return what is to be known of it."""
        document = indexed.document
        made = [
            document_of(file, document.title, document.pages, number, passage)
            for number, passage in enumerate(indexed.passages)
        ]
        self._calls.write(made)
        self._lacking = None
        terms = sum(len(analyse(searched_passage(document.title, passage_of(one)))) for one in made)
        return Entry.of_document(file, indexed, len(made), terms)

    def rename(self, digest: str, title: str) -> int:
        """Let passages be found by another title of their document; return how many terms they have."""
        ours = self._calls.filter(both(equal(MARK, PASSAGE), one_of(_META, [digest])))
        return sum(len(analyse(searched_passage(title, passage_of(one)))) for one in ours)

    def forget(self, digests: set[str]) -> None:
        """Delete the passages of documents."""
        ours = self._calls.filter(both(equal(MARK, PASSAGE), one_of(_META, sorted(digests))))
        self._calls.delete([document.id for document in ours])
        self._lacking = None

    def without_vector(self, limit: int) -> list[tuple[int, str]]:
        """Return some passages that have no vector yet: ids, and the texts that vectors are made of."""
        titles = {digest: entry.title for digest, entry in self.documents().items()}
        if self._lacking is None:
            self._lacking = [one for one in self._passages() if not one.meta.get(ENCODER)]
        return [
            (id_of(one.id), searched_passage(titles.get(one.meta[DIGEST], ""), passage_of(one)))
            for one in self._lacking[:limit]
        ]

    def add_vectors(self, ids: Sequence[int], vectors: FloatArray, encoder: str) -> None:
        """Keep vectors [n, d] of passages, made by an encoder of this name."""
        self.still_mine()
        wanted = dict(zip(ids, vectors.astype(float).tolist(), strict=True))
        known = self._passages() if self._lacking is None else self._lacking
        with_vectors = [
            replace(one, embedding=wanted[number], meta={**one.meta, ENCODER: encoder}, score=None)
            for one in known
            if (number := id_of(one.id)) in wanted
        ]
        self._calls.write(with_vectors)
        if self._lacking is not None:
            self._lacking = [one for one in self._lacking if id_of(one.id) not in wanted]
        self.count_up(encoder=encoder)

    def optimise(self) -> None:
        """Take away the passages that no file holds: what was half-written when a process was killed."""
        self.still_mine()
        held = self.documents()
        self._calls.delete([one.id for one in self._passages() if one.meta[DIGEST] not in held])

    def renew(self, encoder: str) -> None:
        """Throw away the vectors of another encoder than this; words are analysed as they are searched."""
        self.still_mine()
        if self.records.get(STAMPS, "library")["encoder"] == encoder:
            return
        self._lacking = None
        for one in self._passages():
            self._calls.write([replace(one, embedding=None, meta={**one.meta, ENCODER: ""}, score=None)])
        self.count_up(encoder="")

    def _passages(self) -> list[Document]:
        return self._calls.filter(equal(MARK, PASSAGE))
