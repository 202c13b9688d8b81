"""What the one writer of a library does, each call in a transaction of its own."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.errors import LibraryError
from tritonqa.library.document import Document
from tritonqa.library.metadata import record_of
from tritonqa.library.passages import ANALYSER, Passage
from tritonqa.library.store.base import File, Indexed, Reading, Writer
from tritonqa.library.store.searched import searched_text
from tritonqa.library.store.sqlite import dense, postings
from tritonqa.library.store.sqlite.paths import Paths
from tritonqa.library.store.sqlite.segments import Segments
from tritonqa.library.store.sqlite.snapshot import (
    SEARCHED,
    column,
    generation_of,
    index_missing,
    missing,
    vectors_missing,
)
from tritonqa.library.store.sqlite.view import FILES

_STEP = 5_000  # passages indexed at once: bounded memory
_OCR = "%, true, [%"  # in the JSON of pages: one was read from an image, whose lines follow
_PATIENCE = 500  # milliseconds that emptying the log waits for readers


class SqliteWriter(Writer):
    """The connection that writes."""

    def __init__(
        self, connection: sqlite3.Connection, paths: Paths, lexical: Segments, vectors: Segments
    ) -> None:
        """Take a connection that no other thread uses."""
        self._connection, self._paths, self._lexical, self._vectors = connection, paths, lexical, vectors
        self._lacking = 0  # the first passage that may be without a vector

    def files(self) -> dict[Path, File]:
        """Return all files."""
        found = (File(self._paths.back(row[0]), *row[1:6]) for row in self._connection.execute(FILES))
        return {file.path: file for file in found}

    def has(self, digest: str) -> bool:
        """Tell whether a document of these bytes is there."""
        return self._document(digest) is not None

    def noted(self, ending: str) -> set[str]:
        """Return the digests of documents that have a note of this ending."""
        rows = self._connection.execute("SELECT digest, notes FROM documents WHERE notes != '[]'")
        return {digest for digest, notes in rows if any(note.endswith(ending) for note in json.loads(notes))}

    def readings(self) -> Iterator[Reading]:
        """Say of each document how it was read."""
        rows = self._connection.execute(
            "SELECT digest, kind, pages LIKE ?, parser, fingerprint, title FROM documents", (_OCR,)
        )
        return (Reading(digest, kind, bool(ocr), *rest) for digest, kind, ocr, *rest in rows)

    def read_again(self, document: Document, fingerprint: str) -> None:
        """Keep the notes, the metadata and the parser of a document that was parsed anew to the same text."""
        said = json.dumps(document.notes, ensure_ascii=False), record_of(document.metadata)
        with self._transaction():
            self._connection.execute(
                "UPDATE documents SET notes = ?, metadata = ?, parser = ?, fingerprint = ? WHERE digest = ?",
                (*said, document.parser, fingerprint, document.digest),
            )

    def put(self, file: File, indexed: Indexed | None = None, meta: str = "") -> None:
        """Keep a file in place of what stood at its path."""
        with self._transaction():
            document = self._document(file.digest) if file.digest else None
            if document is None and indexed is not None:
                document = self._insert(indexed)
            before = self._take_out([file.path])
            self._place(file, document, meta)
            self._forget_unheld(before)

    def replace(self, file: File, indexed: Indexed) -> None:
        """Keep a document in place of what its bytes were read as before, for all files that hold them."""
        with self._transaction():
            held = (self._document(file.digest),)
            paths = self._connection.execute("SELECT path FROM files WHERE document = ?", held).fetchall()
            self._connection.execute("UPDATE files SET document = NULL WHERE document = ?", held)
            self._connection.execute("DELETE FROM documents WHERE id = ?", held)
            fresh = self._insert(indexed)
            self._connection.executemany(
                "UPDATE files SET document = ? WHERE path = ?", [(fresh, path) for (path,) in paths]
            )
            self._connection.execute(
                "UPDATE files SET indexed = ? WHERE path = ?", (file.indexed, self._paths.keep(file.path))
            )

    def remove(self, paths: Iterable[Path]) -> None:
        """Forget files, and documents that no file holds any more, to the last byte."""
        with self._transaction():
            self._forget_unheld(self._take_out(paths))

    def move(self, old: Path, file: File) -> None:
        """Keep a file that was at another path before."""
        with self._transaction():
            kept = (self._paths.keep(old),)
            meta = self._connection.execute("SELECT meta FROM files WHERE path = ?", kept).fetchone()
            before = self._take_out([old, file.path])
            self._place(file, self._document(file.digest), meta[0] if meta else "")
            self._forget_unheld(before)

    def retitle(self, digest: str, title: str) -> None:
        """Call the document of these bytes otherwise, and find it by that; its vectors stay.

        Its passages get other numbers, so that what was derived from them is made anew.
        """
        columns = 'document, start, "end", heading, text, described, pieces'
        with self._transaction():
            number = self._document(digest)
            self._connection.execute("UPDATE documents SET title = ? WHERE id = ?", (title, number))
            passages = self._connection.execute("SELECT id FROM passages WHERE document = ?", (number,))
            for (old,) in passages.fetchall():
                new = self._connection.execute(
                    f"INSERT INTO passages ({columns}) SELECT {columns} FROM passages WHERE id = ?", (old,)
                ).lastrowid
                self._connection.execute("UPDATE vectors SET passage = ? WHERE passage = ?", (new, old))
                self._connection.execute("DELETE FROM passages WHERE id = ?", (old,))

    def without_vector(self, limit: int) -> list[tuple[int, str]]:
        """Return some passages that have no vector yet: ids, and the texts that vectors are made of."""
        rows = self._connection.execute(
            f"{SEARCHED} WHERE p.id >= ? AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.passage = p.id) "
            "ORDER BY p.id LIMIT ?",
            (self._lacking, limit),
        )
        found = [(row[0], searched_text(*row[1:])) for row in rows]
        self._lacking = found[0][0] if found else self._lacking
        return found

    def add_vectors(self, ids: Sequence[int], vectors: FloatArray, encoder: str) -> None:
        """Keep vectors [n, d] of passages, made by an encoder of this name."""
        halves = vectors.astype(np.float16)
        with self._transaction():
            self._connection.execute("UPDATE meta SET value = ? WHERE key = 'encoder'", (encoder,))
            self._connection.executemany(
                "INSERT OR IGNORE INTO vectors SELECT id, ? FROM passages WHERE id = ?",
                [(half.tobytes(), number) for half, number in zip(halves, ids, strict=True)],
            )

    def optimise(self) -> None:
        """Bring the derived arrays up to date, and let nothing of what was deleted stay in the folder."""
        with _refusals():
            self._publish()
            self._checkpoint()

    def _publish(self) -> None:
        """Make the arrays that are missing, a bounded number of passages at once."""
        generation = generation_of(self._connection)
        ids = column(self._connection, "SELECT id FROM passages ORDER BY id")
        with_vector = column(self._connection, "SELECT passage FROM vectors ORDER BY passage")
        for segments, wanted, make, merge in (
            (self._lexical, ids, index_missing, postings.merge),
            (self._vectors, with_vector, vectors_missing, dense.merge),
        ):
            lacking = missing(segments.open().segments, wanted)
            for at in range(0, max(len(lacking), 1), _STEP):
                segments.publish(make(self._connection, lacking[at : at + _STEP]), wanted, merge, generation)

    def renew(self, encoder: str) -> None:
        """Throw away what is derived, and the vectors of another encoder than this."""
        self._lexical.clear()
        self._vectors.clear()
        with self._transaction():
            made = self._connection.execute("SELECT value FROM meta WHERE key = 'encoder'").fetchone()[0]
            if made != encoder:
                self._lacking = 0
                self._connection.execute("DELETE FROM vectors")
                self._connection.execute("UPDATE meta SET value = '' WHERE key = 'encoder'")
            self._connection.execute("UPDATE meta SET value = ? WHERE key = 'analyser'", (ANALYSER,))

    def _checkpoint(self) -> None:
        """Empty the log, which holds what was deleted; readers of before put that off to the next time."""
        wait = self._connection.execute("PRAGMA busy_timeout").fetchone()[0]
        self._connection.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.execute(f"PRAGMA busy_timeout = {wait}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Do all or nothing, and count the generation up."""
        try:
            with _refusals():
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
                self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _document(self, digest: str) -> int | None:
        row = self._connection.execute("SELECT id FROM documents WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else int(row[0])

    def _insert(self, indexed: Indexed) -> int:
        document = indexed.document
        number = self._connection.execute(
            "INSERT INTO documents (digest, kind, title, pages, notes, text, metadata, parser, fingerprint) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*_document_row(document), document.parser, indexed.fingerprint),
        ).lastrowid
        self._connection.executemany(
            'INSERT INTO passages (document, start, "end", heading, text, described, pieces) '
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((number, *_passage_row(passage)) for passage in indexed.passages),
        )
        assert number is not None
        return number

    def _place(self, file: File, document: int | None, meta: str = "") -> None:
        place = (self._paths.keep(file.path), file.size, file.modified, file.indexed, document, file.reason)
        self._connection.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", (*place, meta))

    def _take_out(self, paths: Iterable[Path]) -> set[int]:
        """Delete files, and return the documents that they held."""
        documents = set()
        for path in paths:
            kept = (self._paths.keep(path),)
            row = self._connection.execute("SELECT document FROM files WHERE path = ?", kept).fetchone()
            if row is not None:
                self._connection.execute("DELETE FROM files WHERE path = ?", kept)
                documents |= {row[0]} - {None}
        return documents

    def _forget_unheld(self, documents: Iterable[int]) -> None:
        """Delete those of the documents that no file holds any more, with their passages and vectors."""
        self._connection.executemany(
            "DELETE FROM documents WHERE id = ? AND NOT EXISTS (SELECT 1 FROM files WHERE document = id)",
            [(number,) for number in documents],
        )


@contextmanager
def _refusals() -> Iterator[None]:
    """Say what the disk refuses, a full one above all."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise LibraryError(
            f"the library can't be written: {why.lower()}; it keeps what it held; make room and try again"
        ) from error


def _passage_row(passage: Passage) -> tuple[int, int, str, str, str, str]:
    heading = json.dumps(passage.heading, ensure_ascii=False)
    pieces = json.dumps([astuple(piece) for piece in passage.pieces], separators=(",", ":"))
    return passage.start, passage.end, heading, passage.text, passage.described, pieces


def _document_row(document: Document) -> tuple[str | bytes, ...]:
    pages = json.dumps([astuple(page) for page in document.pages], ensure_ascii=False)
    notes = json.dumps(document.notes, ensure_ascii=False)
    text = zlib.compress(document.text.encode("utf-8"))
    return document.digest, document.kind, document.title, pages, notes, text, record_of(document.metadata)
