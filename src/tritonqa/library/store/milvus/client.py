"""The client of a Milvus: its collections, rows and errors, in our words."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, ParamSpec, TypeAlias, TypeVar

from tritonqa.errors import LibraryError, MissingExtra
from tritonqa.library.store.milvus.address import MilvusAddress

P = ParamSpec("P")
T = TypeVar("T")
Rows: TypeAlias = list[dict[str, Any]]
Fields: TypeAlias = tuple[tuple[str, str, dict[str, Any]], ...]  # name, type, options

_AT_ONCE = 500  # rows in one call
PAGE = 1_000  # rows of an iterator's page
MOST = 16_384  # rows that a Milvus gives at once


def mapped(call: Callable[P, T]) -> Callable[P, T]:
    """Make a method of Client raise LibraryError for what Milvus, or the way to it, refuses."""

    @functools.wraps(call)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        import grpc
        from pymilvus import MilvusException

        try:
            return call(*args, **kwargs)
        except (MilvusException, grpc.RpcError, ConnectionError) as error:
            client = args[0]
            assert isinstance(client, Client)
            reason = str(getattr(error, "message", "") or error).strip().splitlines() or ["no reason given"]
            raise LibraryError(
                f"the Milvus at {client.address.shown} does not answer as it should: {reason[0]:.200}; "
                "look whether it runs, then try again"
            ) from error

    return wrapped


class Client:
    """Rows of the library's collections; consistency is strong: what was written is seen."""

    def __init__(self, address: MilvusAddress) -> None:
        """Connect; raises LibraryError, MissingExtra."""
        try:
            import pymilvus
        except ImportError as error:
            raise MissingExtra("pymilvus", "milvus") from error
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs every error that it raises
        self.address = address
        self._pymilvus = pymilvus
        self._client = self._connect()

    @mapped
    def _connect(self) -> Any:
        address = self.address
        return self._pymilvus.MilvusClient(address.uri, token=address.token, timeout=10)

    def name(self, part: str) -> str:
        """Return the name of one of the library's collections."""
        return f"{self.address.collection}_{part}" if part else self.address.collection

    @mapped
    def has(self, part: str) -> bool:
        """Tell whether a collection is there."""
        return bool(self._client.has_collection(self.name(part)))

    @mapped
    def create(self, part: str, fields: Fields, index: dict[str, Any], bm25: bool) -> None:
        """Make a collection of fields (name, type, options), with one index; bm25 fills sparse from terms."""
        types = self._pymilvus.DataType
        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        for name, kind, options in fields:
            schema.add_field(name, getattr(types, kind), **options)
        if bm25:
            kind = self._pymilvus.FunctionType.BM25
            schema.add_function(self._pymilvus.Function("bm25", kind, ["terms"], ["sparse"]))
        indexes = self._client.prepare_index_params()
        indexes.add_index(**index)
        self._client.create_collection(
            self.name(part), schema=schema, index_params=indexes, consistency_level="Strong"
        )

    @mapped
    def drop(self, part: str) -> None:
        """Forget a collection."""
        self._client.drop_collection(self.name(part))

    @mapped
    def upsert(self, part: str, rows: Iterable[dict[str, Any]]) -> None:
        """Write rows in place of those of the same id."""
        rest = iter(rows)
        while some := list(islice(rest, _AT_ONCE)):
            self._client.upsert(self.name(part), some)

    @mapped
    def delete(self, part: str, where: str) -> None:
        """Delete the rows that an expression holds for."""
        self._client.delete(self.name(part), filter=where)

    @mapped
    def query(self, part: str, where: str, fields: Sequence[str]) -> Rows:
        """Return the rows that an expression holds for, MOST at most."""
        return list(self._client.query(self.name(part), filter=where, output_fields=list(fields), limit=MOST))

    @mapped
    def count(self, part: str, where: str) -> int:
        """Count the rows that an expression holds for."""
        found = self._client.query(self.name(part), filter=where, output_fields=["count(*)"])
        return int(found[0]["count(*)"])

    @mapped
    def scan(self, part: str, where: str, fields: Sequence[str]) -> Rows:
        """Return all rows that an expression holds for, in the order of their ids."""
        pages = self._client.query_iterator(
            self.name(part), batch_size=PAGE, filter=where, output_fields=["id", *fields]
        )
        rows: Rows = []
        try:
            while page := pages.next():
                rows += page
        finally:
            pages.close()
        return sorted(rows, key=lambda row: row["id"])

    @mapped
    def search(self, part: str, query: Any, anns: str, limit: int, where: str, fields: Sequence[str]) -> Rows:
        """Return the rows nearest to a query, the best first, with their distance."""
        hits = self._client.search(
            self.name(part),
            [query],
            anns_field=anns,
            limit=min(limit, MOST),
            filter=where,
            output_fields=list(fields),
        )
        return [{**hit["entity"], "id": hit["id"], "distance": hit["distance"]} for hit in hits[0]]

    @mapped
    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()


def any_of(field: str, values: Iterable[Any]) -> str:
    """Write the expression that a field is one of some values."""
    return f"{field} in {json.dumps(list(values))}"
