"""A library in a Milvus: passages, vectors and records in three collections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tritonqa.library.store.base import Store
from tritonqa.library.store.milvus import schema
from tritonqa.library.store.milvus.address import MilvusAddress
from tritonqa.library.store.milvus.client import Client
from tritonqa.library.store.milvus.records import MilvusRecords
from tritonqa.library.store.milvus.view import MilvusView
from tritonqa.library.store.milvus.writer import MilvusWriter
from tritonqa.library.store.records import FILE, Entry, Files, Lease
from tritonqa.library.store.scope import AnyScope


class MilvusStore(Store):
    """The files of the latest generation are kept; all else is asked of Milvus."""

    def __init__(self, address: MilvusAddress, *, create: bool = False, renewing: bool = False) -> None:
        """Open a library, made where there is none if create.

        renewing lets one of another analyser be opened, to rebuild it. Raises LibraryError, MissingExtra.
        """
        self._client = Client(address)
        self._records = MilvusRecords(self._client)
        self._renewing = renewing
        if create and not self._client.has("records"):
            schema.create(self._client)
        schema.stamps_of(self._client, renewing=renewing)
        self._latest: tuple[int, tuple[Entry, ...]] | None = None
        self._taking = threading.Lock()

    @contextmanager
    def read(self, scope: AnyScope) -> Iterator[MilvusView]:
        """Open a view of this moment's files; what is removed meanwhile can't be read any more."""
        generation = schema.stamps_of(self._client, renewing=self._renewing)["generation"]
        with self._taking:
            if self._latest is None or self._latest[0] != generation:
                self._latest = generation, tuple(map(Entry.of, self._records.all(FILE)))
            entries = self._latest[1]
        yield MilvusView(self._client, generation, Files(entries, scope), scope)

    @contextmanager
    def write(self) -> Iterator[MilvusWriter]:
        """Become the one writer; raises LibraryError where another process is."""
        lease = Lease(self._records)
        lease.take()
        try:
            yield MilvusWriter(self._client, self._records, lease.still_mine)
        finally:
            lease.give_back()

    @property
    def encoder(self) -> str:
        """Name the encoder that made the vectors; empty where there are none yet."""
        return str(schema.stamps_of(self._client, renewing=self._renewing)["encoder"])

    @property
    def bytes(self) -> int:
        """A Milvus does not say what a collection takes."""
        return 0

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()
