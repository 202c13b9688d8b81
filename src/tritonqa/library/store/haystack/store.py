"""A library over a document store of Haystack's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tritonqa.library.passages import ANALYSER
from tritonqa.library.store.base import Store
from tritonqa.library.store.haystack.calls import Calls
from tritonqa.library.store.haystack.place import HaystackPlace
from tritonqa.library.store.haystack.records import HaystackRecords
from tritonqa.library.store.haystack.view import HaystackView
from tritonqa.library.store.haystack.writer import HaystackWriter
from tritonqa.library.store.records import FILE, STAMPS, Entry, Files, Lease
from tritonqa.library.store.scope import AnyScope

_NEW = {"schema": 1, "analyser": ANALYSER, "encoder": "", "generation": 0}


class HaystackStore(Store):
    """What others put into the store is read; what this library puts there is told apart by its meta."""

    def __init__(self, place: HaystackPlace) -> None:
        """Open the store; raises LibraryError, MissingExtra."""
        self._calls = Calls(place.open(), place.shown)
        self._given = not isinstance(place.given, str)
        self._records = HaystackRecords(self._calls)
        self._latest: tuple[int, tuple[Entry, ...]] | None = None
        self._taking = threading.Lock()

    @contextmanager
    def read(self, scope: AnyScope) -> Iterator[HaystackView]:
        """Open a view of this moment's files; what is removed meanwhile can't be read any more."""
        stamps = self._stamps()
        with self._taking:
            if self._latest is None or self._latest[0] != stamps["generation"]:
                entries = tuple(map(Entry.of, self._records.all(FILE)))
                self._latest = stamps["generation"], entries
            entries = self._latest[1]
        yield HaystackView(self._calls, stamps, Files(entries, scope), scope)

    @contextmanager
    def write(self) -> Iterator[HaystackWriter]:
        """Become the one writer; raises LibraryError where another process is."""
        lease = Lease(self._records)
        lease.take()
        try:
            if self._records.get(STAMPS, "library") is None:
                self._records.put(STAMPS, "library", _NEW)
            yield HaystackWriter(self._calls, self._records, lease.still_mine)
        finally:
            lease.give_back()

    @property
    def encoder(self) -> str:
        """Name the encoder that made the vectors; empty where there are none yet."""
        return str(self._stamps()["encoder"])

    @property
    def bytes(self) -> int:
        """A document store does not say what it takes."""
        return 0

    def close(self) -> None:
        """Let go of a store that was opened here; one that was given is its owner's to close."""
        if not self._given:
            self._calls.close()

    def _stamps(self) -> dict[str, Any]:
        return dict(self._records.get(STAMPS, "library") or _NEW)
