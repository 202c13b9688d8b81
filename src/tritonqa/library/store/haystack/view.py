"""A library over a document store as it was when it was opened, within a scope."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.errors import LibraryError
from tritonqa.library.document import Document
from tritonqa.library.passages import analyse
from tritonqa.library.passages.analyse import STOP, query_terms
from tritonqa.library.store.base import Counts, File, Found, Stored, View
from tritonqa.library.store.bm25 import K1, gain, idf
from tritonqa.library.store.haystack.calls import Calls, both, equal, one_of
from tritonqa.library.store.haystack.documents import (
    DIGEST,
    ENCODER,
    FOREIGN,
    MARK,
    PASSAGE,
    can_be_read,
    foreign_file,
    foreign_metadata,
    foreign_pages,
    id_of,
    is_ours,
    passage_of,
    stored_of,
)
from tritonqa.library.store.records import Files
from tritonqa.library.store.scope import EVERYTHING, AnyScope
from tritonqa.library.store.searched import searched_passage, searched_text

if TYPE_CHECKING:
    from haystack import Document as Found_

_WORD = re.compile(r"\w+")


class HaystackView(View):
    """The store's engine brings candidates; what they score is worked out here."""

    def __init__(self, calls: Calls, stamps: dict[str, Any], files: Files, scope: AnyScope) -> None:
        """Take the stamps, and the files of their generation that are in scope."""
        self._calls, self._scope, self._files = calls, scope, files
        self._encoder = stamps["encoder"]
        self.generation = stamps["generation"]
        self._seen: dict[int, Found_] = {}

    def counts(self) -> Counts:
        """Count what can be seen; a document of another pipeline is a file of one passage."""
        foreign, unreadable = len(self._foreign), self._files.unreadable
        read = len(self._files.by_path) - unreadable + foreign
        return Counts(read, unreadable, self._passages + foreign)

    def without_vector(self) -> int:
        """Count our passages that have no vector yet, for which a store gives all that have one."""
        if not self._encoder:
            return self._passages
        return max(
            self._passages - len(self._calls.filter(both(equal(ENCODER, self._encoder), self._where))), 0
        )

    def words(self, question: str, limit: int) -> Found:
        """Return the passages that hold words of a question, the best by BM25.

        The store's own analyser wants whole words. Some want all words of a query in one passage, so each is
        asked for by itself too, which also tells how rare it is.
        """
        terms = query_terms(question)
        whole = self._hits(question, limit)
        asked = {word for word in _WORD.findall(question) if word.lower() not in STOP} or {question}
        single = [one for word in sorted(asked) for one in self._hits(word, limit)]
        return self._scored(terms, {one.id: one for one in (*whole, *single)}.values(), limit)

    def lexical(self, terms: Sequence[str], limit: int) -> Found:
        """Return the passages that hold terms, the best by BM25."""
        hits = [one for term in terms for one in self._hits(term, limit)]
        return self._scored(terms, {one.id: one for one in hits}.values(), limit)

    def dense(self, vector: FloatArray, limit: int) -> Found:
        """Return the passages whose vectors [d] are nearest, by cosine.

        Only vectors of the library's own encoder are looked at.
        """
        if not self._encoder:
            return Found({})
        filters = both(equal(ENCODER, self._encoder), self._where)
        hits = self._visible(self._calls.dense(vector.astype(float).tolist(), filters, limit))
        given = {id_of(one.id): float(one.score) for one in hits if one.score is not None}

        def look_up(ids: Sequence[int]) -> dict[int, float]:
            held = {number: self._seen[number] for number in ids if number in self._seen}
            return {
                number: _cosine(vector, one.embedding)
                for number, one in held.items()
                if one.embedding is not None and one.meta.get(ENCODER) == self._encoder
            }

        return Found(given | look_up([id_of(one.id) for one in hits]), look_up=look_up)

    def passages(self, ids: Sequence[int]) -> list[Stored]:
        """Return passages by their ids, in the same order; raises LibraryError for what no search brought."""
        if any(number not in self._seen for number in ids):
            raise LibraryError(f"passages of {self._calls.shown} are not there any more; ask again")
        by_digest = self._files.by_digest
        seen = [self._seen[number] for number in ids]
        return [stored_of(one, by_digest.get(one.meta.get(DIGEST, ""), [])) for one in seen]

    def files(self) -> list[File]:
        """List the files, the unreadable ones too, by path."""
        return [*(one.file for one in self._files), *map(foreign_file, self._foreign)]

    def metas(self, paths: Collection[Path] | None = None) -> Iterator[tuple[File, str]]:
        """Give files, or all, with what else was kept of them."""
        return self._files.metas(paths)

    def document(self, path: Path) -> Document | None:
        """Return a file's document as it was indexed; blank lines between passages come back as spaces."""
        for one in self._foreign:
            if foreign_file(one).path == path:
                title = one.meta.get("title")
                title = title if isinstance(title, str) else ""
                held = (one.content or "", FOREIGN, title, foreign_pages(one))
                return Document(*held, digest=one.id, metadata=foreign_metadata(one))
        entry = self._files.by_path.get(path)
        if entry is None or not entry.file.digest:
            return None
        text = self._text(entry.file.digest)
        known = (entry.kind, entry.title, entry.pages)
        return Document(text, *known, notes=entry.notes, digest=entry.file.digest, metadata=entry.metadata)

    def notes(self) -> Iterator[tuple[File, tuple[str, ...]]]:
        """Give the files whose documents have notes, with them, by path."""
        return self._files.notes()

    def documents(self, first: Collection[str] = ()) -> Iterator[tuple[Path, Document]]:
        """Give each document once, with the first file that holds it; those of these digests first."""
        held = [one.file for one in self._files.documents] + list(map(foreign_file, self._foreign))
        for file in sorted(held, key=lambda file: file.digest not in first):
            if document := self.document(file.path):
                yield file.path, document

    @cached_property
    def _foreign(self) -> list[Found_]:
        """List the documents in scope that another pipeline wrote."""
        readable = (one for one in self._calls.filter(None) if not is_ours(one) and can_be_read(one))
        scope = self._scope
        return [
            one
            for one in readable
            if scope == EVERYTHING or scope.admits(foreign_file(one).path, FOREIGN, foreign_metadata(one))
        ]

    @cached_property
    def _where(self) -> dict[str, Any] | None:
        """Write the scope as a filter."""
        if self._scope == EVERYTHING:
            return None
        ours = one_of(f"meta.{DIGEST}", list(self._files.by_digest))
        if not self._foreign:
            return ours
        others = one_of("id", [one.id for one in self._foreign])
        return {"operator": "OR", "conditions": [ours, others]} if self._files.by_digest else others

    def _hits(self, query: str, limit: int) -> list[Found_]:
        return self._visible(self._calls.lexical(query, self._where, limit))

    def _visible(self, found: Sequence[Found_]) -> list[Found_]:
        """Leave out what has no text, and what no file holds; keep the rest for passages()."""
        ours = self._files.by_digest
        visible = [
            one for one in found if can_be_read(one) and (not is_ours(one) or one.meta.get(DIGEST) in ours)
        ]
        for one in visible:
            known = self._seen.get(id_of(one.id))
            if known is None or known.embedding is None:
                self._seen[id_of(one.id)] = one
        return visible

    def _scored(self, terms: Sequence[str], hits: Collection[Found_], limit: int) -> Found:
        """Score hits by BM25; how rare a term is, is counted among them."""
        bags = {id_of(one.id): self._bag(one) for one in hits}
        total = max(self._total, len(bags))
        if not bags or not terms:
            return Found({}, 0.0)
        mean = sum(bag.total() for bag in bags.values()) / len(bags)
        rarity = {term: idf(total, sum(term in bag for bag in bags.values())) for term in terms}

        def score(bag: Counter[str]) -> float:
            return sum(rarity[term] * gain(bag[term], bag.total(), mean) for term in terms if bag[term])

        def look_up(ids: Sequence[int]) -> dict[int, float]:
            held = {number: self._bag(self._seen[number]) for number in ids if number in self._seen}
            return {number: found for number, bag in held.items() if (found := score(bag)) > 0}

        scores = {number: found for number, bag in bags.items() if (found := score(bag)) > 0}
        ranked = sorted(scores, key=lambda number: (-scores[number], number))[:limit]
        most = sum(rarity.values()) * (K1 + 1)
        return Found({number: scores[number] for number in ranked}, most, look_up)

    @cached_property
    def _passages(self) -> int:
        return sum(one.passages for one in self._files.documents)

    @cached_property
    def _total(self) -> int:
        """Count the passages in scope, without listing those of other pipelines where all are."""
        if self._scope != EVERYTHING:
            return self._passages + len(self._foreign)
        records = len(self._files.by_path) + bool(self.generation)
        return max(self._calls.count() - records, self._passages)

    def _bag(self, document: Found_) -> Counter[str]:
        return Counter(analyse(self._searched(document)))

    def _searched(self, document: Found_) -> str:
        if not is_ours(document):
            title = document.meta.get("title")
            return searched_text(title if isinstance(title, str) else "", "", "", document.content or "")
        return searched_passage(self._files.by_digest[document.meta[DIGEST]][0].title, passage_of(document))

    def _text(self, digest: str) -> str:
        found = self._calls.filter(both(equal(MARK, PASSAGE), equal(DIGEST, digest)))
        text = ""
        for passage in sorted(map(passage_of, found), key=lambda passage: passage.start):
            text = text.ljust(passage.start)[: passage.start] + passage.text + text[passage.end :]
        return text


def _cosine(one: FloatArray, other: Sequence[float]) -> float:
    vector = np.asarray(other, np.float32)
    return float(one @ vector / (np.linalg.norm(one) * np.linalg.norm(vector) or 1.0))
