"""The tables of a library, and how its file is opened."""

from __future__ import annotations

import os
import sqlite3
from itertools import chain
from pathlib import Path

from tritonqa.errors import LibraryError
from tritonqa.library.passages import ANALYSER

SCHEMA = 5
FILE = "library.sqlite"
_ADDED = {  # columns by which a schema became the next
    2: (("files", "meta"),),
    3: (("documents", "metadata"),),
    4: (("documents", "parser"), ("documents", "fingerprint")),
}

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    pages TEXT NOT NULL,
    notes TEXT NOT NULL,
    metadata TEXT NOT NULL DEFAULT '',
    parser TEXT NOT NULL DEFAULT '',
    fingerprint TEXT NOT NULL DEFAULT '',
    text BLOB NOT NULL
);
CREATE TABLE files (
    path BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    indexed INTEGER NOT NULL,
    document INTEGER REFERENCES documents (id),
    reason TEXT NOT NULL,
    meta TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX files_document ON files (document);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    described TEXT NOT NULL,
    pieces TEXT NOT NULL
);
CREATE INDEX passages_document ON passages (document);
CREATE TABLE vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    vector BLOB NOT NULL
);
"""


def connect(folder: Path, *, renewing: bool = False) -> sqlite3.Connection:
    """Open a library's file for one thread at a time.

    Raises LibraryError for one that is no library, of another schema, or, unless renewing, of another
    analyser.
    """
    try:
        connection = sqlite3.connect(folder / FILE, timeout=30, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        _check(connection, folder, renewing)
    except sqlite3.DatabaseError as error:
        if not os.access(folder, os.W_OK) and isinstance(error, sqlite3.OperationalError):
            raise LibraryError(
                f"{folder} can't be opened ({error}): who reads a library writes a log beside it; let this "
                "user write to the folder, or ask a copy"
            ) from error
        raise LibraryError(
            f"{folder} is no library, or damaged ({error}); index its documents into a new one"
        ) from error
    return connection


def is_made(folder: Path) -> bool:
    """Tell whether a library is there: a file alone is none, where its making was killed."""
    if not (folder / FILE).is_file():
        return False
    connection = sqlite3.connect(folder / FILE, timeout=30)
    try:
        return bool(connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone())
    except sqlite3.DatabaseError:
        return True  # for connect to say what it is
    finally:
        connection.close()


def create(folder: Path) -> None:
    """Make an empty library where there is none; raises LibraryError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(folder / FILE, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            for statement in filter(str.strip, _TABLES.split(";")):
                connection.execute(statement)
            stamps = {"schema": SCHEMA, "analyser": ANALYSER, "encoder": "", "generation": 0, "deletions": 0}
            connection.executemany("INSERT INTO meta VALUES (?, ?)", stamps.items())
        connection.execute("COMMIT")
        connection.close()
    except (OSError, sqlite3.DatabaseError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise LibraryError(f"a library can't be made at {folder}: {why}; choose another folder") from error


def _upgrade(connection: sqlite3.Connection) -> None:
    """Make a library of an older schema one of this, unless another process just did."""
    connection.execute("BEGIN IMMEDIATE")
    schema = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()[0]
    for table, name in chain.from_iterable(_ADDED[one] for one in range(schema, SCHEMA)):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} TEXT NOT NULL DEFAULT ''")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (SCHEMA,))
    connection.execute("COMMIT")


def _check(connection: sqlite3.Connection, folder: Path, renewing: bool) -> None:
    stamps = dict(connection.execute("SELECT key, value FROM meta"))
    schema = stamps.get("schema", 0)
    if schema > SCHEMA:
        raise LibraryError(
            f"{folder} was made by a newer tritonqa (schema {schema}, this one knows {SCHEMA}); "
            "upgrade it with: pip install -U tritonqa"
        )
    if schema in _ADDED:
        _upgrade(connection)
    elif schema < SCHEMA:
        raise LibraryError(
            f"{folder} was made by an older tritonqa, which kept less of a document (schema {schema}, now "
            f"{SCHEMA}); delete it and make it anew with: tritonqa index PATHS --library {folder}"
        )
    if stamps.get("analyser") != ANALYSER and not renewing:
        raise LibraryError(
            f"{folder} was made with another analyser ({stamps.get('analyser')}, now {ANALYSER}); "
            f"renew it with: tritonqa library rebuild {folder}"
        )
