"""A library as it was at one moment, within a scope."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tritonqa.arrays import FloatArray
from tritonqa.library.document import Document, Line, Page
from tritonqa.library.metadata import read_record
from tritonqa.library.passages import Piece
from tritonqa.library.store.base import Counts, File, Found, Stored, View
from tritonqa.library.store.scope import EVERYTHING, AnyScope
from tritonqa.library.store.sqlite.dense import OUT
from tritonqa.library.store.sqlite.lexical import Mask, Rows, best
from tritonqa.library.store.sqlite.paths import Paths
from tritonqa.library.store.sqlite.snapshot import Snapshot

_AT_ONCE = 500  # numbers in one statement
_SCOPES = 16  # whose files are remembered as long as nothing is written

FILES = (
    "SELECT f.path, f.size, f.modified, f.indexed, coalesce(d.digest, ''), f.reason, f.document, "
    "coalesce(d.kind, ''), coalesce(d.notes, '[]'), coalesce(d.metadata, '') "
    "FROM files f LEFT JOIN documents d ON d.id = f.document"
)


class SqliteView(View):
    """One transaction and the snapshot of its generation."""

    def __init__(
        self, connection: sqlite3.Connection, snapshot: Snapshot, paths: Paths, scope: AnyScope
    ) -> None:
        """Take a connection in a read transaction."""
        self._connection, self._snapshot, self._paths, self._scope = connection, snapshot, paths, scope
        self.generation, self.has_vectors = snapshot.generation, bool(snapshot.has_vector.any())

    def counts(self) -> Counts:
        """Count what can be seen."""
        bad = len(self.unreadable())
        return Counts(self._count_files() - bad, bad, len(self._with_vector))

    def without_vector(self) -> int:
        """Count the passages that have no vector yet."""
        return int((~self._with_vector).sum())

    def lexical(self, terms: Sequence[str], limit: int) -> Found:
        """Return the passages that hold terms, the best by BM25."""
        scores, most = self._snapshot.lexical.scores(terms, self._mask)

        def look_up(ids: Sequence[int]) -> dict[int, float]:
            return _above(ids, scores[self._places(ids)], 0.0)

        places = best(scores, limit)
        return Found(dict(zip(self._ids(places), scores[places].tolist(), strict=True)), most, look_up)

    def dense(self, vector: FloatArray, limit: int) -> Found:
        """Return the passages whose vectors [d] are nearest, by cosine."""
        dense = self._snapshot.dense

        def look_up(ids: Sequence[int]) -> dict[int, float]:
            return _above(ids, dense.cosines(self._places(ids), vector), float(OUT))

        places, scores = dense.nearest(vector, limit, self._mask)
        return Found(dict(zip(self._ids(places), scores.tolist(), strict=True)), look_up=look_up)

    def passages(self, ids: Sequence[int]) -> list[Stored]:
        """Return passages by their ids, in the same order."""
        rows = {}
        for some in _batches(ids):
            marks = ", ".join("?" * len(some))
            for row in self._connection.execute(
                'SELECT p.id, p.text, p.start, p."end", p.heading, p.described, p.pieces, '
                "d.digest, d.title, d.kind, d.metadata, d.pages, d.id "
                f"FROM passages p JOIN documents d ON d.id = p.document WHERE p.id IN ({marks})",
                some,
            ):
                rows[row[0]] = row
        held = self._held({row[-1]: row[-2] for row in rows.values()})
        return [self._stored(rows[number], held) for number in ids]

    def files(self) -> list[File]:
        """List the files, the unreadable ones too, by path."""
        return [file for file, _ in self._files]

    def metas(self, paths: Collection[Path] | None = None) -> Iterator[tuple[File, str]]:
        """Give files, or all, with what else was kept of them."""
        for path in self._by_path if paths is None else paths:
            if file := self._by_path.get(path):
                kept = (self._paths.keep(path),)
                row = self._connection.execute("SELECT meta FROM files WHERE path = ?", kept).fetchone()
                yield file, row[0]

    def unreadable(self) -> list[File]:
        """List the files that could not be read, by path."""
        return self._unreadable

    def document(self, path: Path) -> Document | None:
        """Return a file's document as it was indexed, without sections and rows; None where there is none."""
        file = self._by_path.get(path)
        if file is None or not file.digest:
            return None
        return self._document(file.digest)

    def notes(self) -> Iterator[tuple[File, tuple[str, ...]]]:
        """Give the files whose documents have notes, with them, by path."""
        rows = self._connection.execute(FILES + " WHERE d.notes != '[]'")
        noted = [(self._file(row), tuple(json.loads(row[8]))) for row in rows if self._admits(row)]
        return iter(sorted(noted, key=lambda pair: str(pair[0].path)))

    def documents(self, first: Collection[str] = ()) -> Iterator[tuple[Path, Document]]:
        """Give each document once, with the first file that holds it; those of these digests first."""
        held: dict[int, File] = {}
        for file, number in self._files:
            if number is not None:
                held.setdefault(number, file)
        for file in sorted(held.values(), key=lambda file: file.digest not in first):
            yield file.path, self._document(file.digest)

    @property
    def _with_vector(self) -> npt.NDArray[np.bool_]:
        has = self._snapshot.has_vector
        return has if self._mask is None else has[self._mask]

    @cached_property
    def _unreadable(self) -> list[File]:
        if self._scope is not EVERYTHING:
            return super().unreadable()
        rows = self._connection.execute(FILES + " WHERE f.reason != ''")
        return sorted((self._file(row) for row in rows), key=lambda file: str(file.path))

    @cached_property
    def _files(self) -> list[tuple[File, int | None]]:
        known = self._snapshot.files
        if self._scope not in known:
            if len(known) >= _SCOPES:
                known.clear()
            known[self._scope] = self._admitted()
        return known[self._scope]

    def _admitted(self) -> list[tuple[File, int | None]]:
        """Return the files in scope, each with its document."""
        found = []
        for row in self._connection.execute(FILES):
            if self._admits(row):
                found.append((self._file(row), row[6]))
        return sorted(found, key=lambda pair: str(pair[0].path))

    def _document(self, digest: str) -> Document:
        text, kind, title, pages, notes, metadata = self._connection.execute(
            "SELECT text, kind, title, pages, notes, metadata FROM documents WHERE digest = ?", (digest,)
        ).fetchone()
        return Document(
            zlib.decompress(text).decode("utf-8"),
            *(kind, title, pages_of(pages)),
            notes=tuple(json.loads(notes)),
            digest=digest,
            metadata=read_record(metadata),
        )

    def _count_files(self) -> int:
        if self._scope is not EVERYTHING:
            return len(self._files)
        return int(self._connection.execute("SELECT count(*) FROM files").fetchone()[0])

    def _admits(self, row: Any) -> bool:
        """Tell whether a row of FILES is in scope."""
        if self._scope is EVERYTHING:
            return True
        return self._scope.admits(self._paths.back(row[0]), row[7], read_record(row[9]))

    def _file(self, row: Any) -> File:
        return File(self._paths.back(row[0]), *row[1:6])

    @cached_property
    def _by_path(self) -> dict[Path, File]:
        return {file.path: file for file, _ in self._files}

    @cached_property
    def _mask(self) -> Mask | None:
        """Return which passages [n] are in scope; None where all are."""
        if self._scope is EVERYTHING:
            return None
        seen = {document for _, document in self._files if document is not None}
        return np.isin(self._snapshot.documents_of(self._connection), np.fromiter(seen, np.int64, len(seen)))

    def _places(self, ids: Sequence[int]) -> Rows:
        return np.searchsorted(self._snapshot.ids, np.array(ids, np.int64))

    def _ids(self, places: np.ndarray) -> list[int]:
        found: list[int] = self._snapshot.ids[places].tolist()
        return found

    def _held(self, documents: Mapping[int, str]) -> dict[int, tuple[tuple[Page, ...], tuple[File, ...]]]:
        """Return the pages of documents, given as JSON, and the files in scope that hold each, by path."""
        files: dict[int, list[File]] = {number: [] for number in documents}
        for some in _batches(documents):
            where = f" WHERE f.document IN ({', '.join('?' * len(some))})"
            for row in self._connection.execute(FILES + where, some):
                if self._admits(row):
                    files[row[6]].append(self._file(row))
        return {
            number: (pages_of(pages), tuple(sorted(files[number], key=lambda file: str(file.path))))
            for number, pages in documents.items()
        }

    def _stored(self, row: Any, held: Mapping[int, tuple[tuple[Page, ...], tuple[File, ...]]]) -> Stored:
        number, text, start, end, heading, described, pieces, digest, title, kind, metadata, _, document = row
        return Stored(
            *(number, text, start, end, tuple(json.loads(heading)), digest, title, kind, *held[document]),
            described,
            tuple(Piece(*piece) for piece in json.loads(pieces)),
            read_record(metadata),
        )


def pages_of(record: str) -> tuple[Page, ...]:
    """Read pages from JSON."""
    return tuple(
        Page(number, label, start, end, ocr, tuple(Line(*line) for line in lines))
        for number, label, start, end, ocr, lines in json.loads(record)
    )


def _above(ids: Sequence[int], scores: FloatArray, least: float) -> dict[int, float]:
    return {number: score for number, score in zip(ids, scores.tolist(), strict=True) if score > least}


def _batches(ids: Iterable[int]) -> list[list[int]]:
    rest = iter(ids)
    found = []
    while some := list(islice(rest, _AT_ONCE)):
        found.append(some)
    return found
