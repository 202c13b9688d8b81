"""The passages of one generation, with what searching them needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tritonqa.library.passages import analyse
from tritonqa.library.store.base import File
from tritonqa.library.store.scope import AnyScope
from tritonqa.library.store.searched import searched_text
from tritonqa.library.store.sqlite import postings
from tritonqa.library.store.sqlite.dense import Dense, coded
from tritonqa.library.store.sqlite.lexical import Lexical
from tritonqa.library.store.sqlite.segments import Arrays, Opened, Segments

SEARCHED = (
    "SELECT p.id, d.title, p.heading, p.described, p.text FROM passages p "
    "JOIN documents d ON d.id = p.document"
)

Ids: TypeAlias = npt.NDArray[np.int64]
Make: TypeAlias = Callable[[sqlite3.Connection, npt.NDArray[np.int64]], Arrays]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one generation of a library holds, in memory: n passages by id.

    has_vector says which of ids have a vector [n]. documents is the document of each [n], and files are those
    that scopes let through, by scope, with their documents; filled by views that need them.
    """

    generation: int
    ids: Ids
    has_vector: npt.NDArray[np.bool_]
    lexical: Lexical
    dense: Dense
    files: dict[AnyScope, list[tuple[File, int | None]]] = field(default_factory=dict)
    documents: list[Ids] = field(default_factory=list)

    def documents_of(self, connection: sqlite3.Connection) -> Ids:
        """Return the document of each passage [n], read once by a connection that sees this generation."""
        if not self.documents:
            self.documents.append(column(connection, "SELECT document FROM passages ORDER BY id"))
        return self.documents[0]


def take(connection: sqlite3.Connection, lexical: Segments, dense: Segments) -> Snapshot:
    """Read the generation that a connection's transaction sees.

    Segments may be older or newer: passages they lack are indexed here from their text, passages that are not
    there (yet, or any more) are left out.
    """
    generation = generation_of(connection)
    words, meaning = lexical.open(generation), dense.open(generation)
    ids = words.ids if words.whole else column(connection, "SELECT id FROM passages ORDER BY id")
    vectors = (
        meaning.ids if meaning.whole else column(connection, "SELECT passage FROM vectors ORDER BY passage")
    )
    return Snapshot(
        generation,
        ids,
        np.isin(ids, vectors, assume_unique=True),
        Lexical(_completed(connection, words, ids, index_missing), ids),
        Dense(_completed(connection, meaning, vectors, vectors_missing), ids),
    )


def generation_of(connection: sqlite3.Connection) -> int:
    """Return the generation that a connection sees."""
    return int(connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])


def column(connection: sqlite3.Connection, statement: str) -> Ids:
    """Return a column of numbers [n]."""
    return np.fromiter((row[0] for row in connection.execute(statement)), np.int64)


def missing(segments: list[Arrays], ids: Ids) -> Ids:
    """Return the ids that no segment holds."""
    for segment in segments:
        ids = np.setdiff1d(ids, segment["ids"], assume_unique=True)
    return ids


def index_missing(connection: sqlite3.Connection, ids: Ids) -> Arrays:
    """Index passages from the library's file."""
    wanted = set(ids.tolist())
    rows = connection.execute(
        f"{SEARCHED} WHERE p.id BETWEEN ? AND ? ORDER BY p.id",
        (int(ids[0]), int(ids[-1])) if len(ids) else (0, 0),
    )
    return postings.index((row[0], analyse(searched_text(*row[1:]))) for row in rows if row[0] in wanted)


def vectors_missing(connection: sqlite3.Connection, ids: Ids) -> Arrays:
    """Read vectors from the library's file."""
    wanted = set(ids.tolist())
    rows = connection.execute(
        "SELECT passage, vector FROM vectors WHERE passage BETWEEN ? AND ? ORDER BY passage",
        (int(ids[0]), int(ids[-1])) if len(ids) else (0, 0),
    )
    found = [(number, np.frombuffer(vector, np.float16)) for number, vector in rows if number in wanted]
    vectors = np.stack([vector for _, vector in found]) if found else np.zeros((0, 1), np.float16)
    return coded(np.array([number for number, _ in found], np.int64), vectors)


def _completed(connection: sqlite3.Connection, opened: Opened, ids: Ids, make: Make) -> list[Arrays]:
    lacking = ids[:0] if opened.whole else missing(opened.segments, ids)
    return [*opened.segments, make(connection, lacking)] if len(lacking) else opened.segments
