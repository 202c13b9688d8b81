"""A library's path → its store."""

from __future__ import annotations

from pathlib import Path

from tritonqa.library.store.base import Store
from tritonqa.library.store.milvus import MilvusAddress, MilvusStore
from tritonqa.library.store.sqlite import SqliteStore


def open_store(place: Path | MilvusAddress, *, create: bool = False, renewing: bool = False) -> Store:
    """Open the store of a library in a folder, or in a Milvus.

    create makes it where there is none, renewing opens one of another analyser. Raises LibraryError.
    """
    if isinstance(place, MilvusAddress):
        return MilvusStore(place, create=create, renewing=renewing)
    if renewing:
        return SqliteStore(place, renewing=True)
    return SqliteStore.create(place) if create else SqliteStore(place)
