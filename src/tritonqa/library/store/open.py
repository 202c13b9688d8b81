"""A library's path → its store."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

from tritonqa.errors import InputError
from tritonqa.library.index.walk import absolute
from tritonqa.library.store.base import Store
from tritonqa.library.store.haystack import HaystackPlace, is_haystack
from tritonqa.library.store.milvus import MilvusAddress, is_milvus
from tritonqa.library.store.sqlite import SqliteStore

Place: TypeAlias = Path | MilvusAddress | HaystackPlace


def place_of(path: Any) -> Place:
    """Return where a library is: an absolute path, a Milvus, or a document store of Haystack's.

    Raises InputError for what is none of them.
    """
    if isinstance(path, MilvusAddress | HaystackPlace):
        return path
    if is_milvus(path):
        return MilvusAddress.parse(path)
    if is_haystack(path):
        return HaystackPlace.of(path)
    if not isinstance(path, str | PathLike):
        raise InputError(f"path must be text or a path, not {type(path).__name__}")
    return absolute(path)[0]


def open_store(place: Place, *, create: bool = False, renewing: bool = False) -> Store:
    """Open the store of a library.

    create makes it where there is none, renewing opens one of another analyser. Raises LibraryError.
    """
    if isinstance(place, MilvusAddress):
        from tritonqa.library.store.milvus import MilvusStore

        return MilvusStore(place, create=create, renewing=renewing)
    if isinstance(place, HaystackPlace):
        from tritonqa.library.store.haystack import HaystackStore

        return HaystackStore(place)
    if renewing:
        return SqliteStore(place, renewing=True)
    return SqliteStore.create(place) if create else SqliteStore(place)
