"""A library's folder: one file that is the truth, arrays derived from it, a lock for its writer."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tritonqa.errors import Busy, LibraryError
from tritonqa.library.store.base import Store
from tritonqa.library.store.scope import AnyScope
from tritonqa.library.store.sqlite.paths import Paths
from tritonqa.library.store.sqlite.schema import FILE, connect, create, is_made
from tritonqa.library.store.sqlite.segments import Segments
from tritonqa.library.store.sqlite.snapshot import Snapshot, generation_of, take
from tritonqa.library.store.sqlite.view import SqliteView
from tritonqa.library.store.sqlite.writer import SqliteWriter


class SqliteStore(Store):
    """Connections are made as threads need them; the latest snapshot is kept."""

    def __init__(self, folder: Path, *, renewing: bool = False) -> None:
        """Open a library that exists; renewing lets one of another analyser be opened, to rebuild it.

        Raises LibraryError.
        """
        if not (folder / FILE).is_file():
            raise LibraryError(
                f"there is no library at {folder}; make one with: tritonqa index PATHS --library {folder}"
            )
        self.folder, self._renewing = folder, renewing
        self._paths = Paths(folder)
        self._lexical, self._dense = Segments(folder / "lexical"), Segments(folder / "vectors")
        self._free: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._latest: Snapshot | None = None
        self._taking = threading.Lock()
        self._free.put(connect(folder, renewing=renewing))

    @classmethod
    def create(cls, folder: Path) -> SqliteStore:
        """Open a library, made where there is none."""
        if not is_made(folder):
            create(folder)
        return cls(folder)

    @contextmanager
    def read(self, scope: AnyScope) -> Iterator[SqliteView]:
        """Open a view of this moment."""
        with self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield SqliteView(connection, self._snapshot(connection), self._paths, scope)
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[SqliteWriter]:
        """Become the one writer; raises LibraryError where another process is."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / "writer.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise Busy(f"another process is writing to {self.folder}; wait until it is done") from error
        try:
            with self._connection() as connection:
                yield SqliteWriter(connection, self._paths, self._lexical, self._dense)
        finally:
            lock.release()

    @property
    def encoder(self) -> str:
        """Name the encoder that made the vectors; empty where there are none yet."""
        with self._connection() as connection:
            return str(connection.execute("SELECT value FROM meta WHERE key = 'encoder'").fetchone()[0])

    @property
    def bytes(self) -> int:
        """Add up the folder's files."""
        total = 0
        for file in self.folder.rglob("*"):
            try:
                total += file.stat().st_size if file.is_file() else 0
            except FileNotFoundError:
                continue  # a segment that the writer has replaced meanwhile
        return total

    def close(self) -> None:
        """Close the connections that are free."""
        while not self._free.empty():
            self._free.get().close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._free.get_nowait()
        except queue.Empty:
            connection = connect(self.folder, renewing=self._renewing)
        try:
            yield connection
        finally:
            self._free.put(connection)

    def _snapshot(self, connection: sqlite3.Connection) -> Snapshot:
        generation = generation_of(connection)
        with self._taking:
            if self._latest is None or self._latest.generation != generation:
                self._latest = take(connection, self._lexical, self._dense)
            return self._latest
