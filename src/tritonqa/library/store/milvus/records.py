"""Files, texts and stamps: JSON of any size, in rows of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from tritonqa.errors import LibraryError
from tritonqa.library.store.milvus.client import Client, Fields, any_of
from tritonqa.library.store.records.base import Records, packed, unpacked

PART = "records"

_LONGEST = 60_000  # characters of a row's body; Milvus takes 65,535
_FIELDS: Fields = (
    ("id", "VARCHAR", {"is_primary": True, "max_length": 200}),
    ("name", "VARCHAR", {"max_length": 160}),
    ("kind", "VARCHAR", {"max_length": 16}),
    ("part", "INT64", {}),
    ("parts", "INT64", {}),
    ("body", "VARCHAR", {"max_length": 65_535}),
    ("unused", "FLOAT_VECTOR", {"dim": 2}),  # every collection of Milvus has a vector
)
_INDEX = {"field_name": "unused", "index_type": "FLAT", "metric_type": "L2"}


class MilvusRecords(Records):
    """Records by kind and name; one is what it was or what it becomes."""

    def __init__(self, client: Client) -> None:
        """Take the client of a Milvus that has the collection."""
        self._client, self.shown = client, client.address.shown

    @staticmethod
    def create(client: Client) -> None:
        """Make the collection."""
        client.create(PART, _FIELDS, _INDEX, bm25=False)

    def put(self, kind: str, name: str, value: Any) -> None:
        """Write a record in place of what has its name."""
        body = packed(value)
        parts = range(0, len(body), _LONGEST)
        self._client.upsert(
            PART,
            (
                {
                    "id": f"{kind}-{name}-{number:06}",
                    "name": f"{kind}-{name}",
                    "kind": kind,
                    "part": number,
                    "parts": len(parts),
                    "body": body[at : at + _LONGEST],
                    "unused": [0.0, 0.0],
                }
                for number, at in enumerate(parts)
            ),
        )
        self._client.delete(PART, f'name == "{kind}-{name}" and part >= {len(parts)}')

    def get(self, kind: str, name: str) -> Any:
        """Return a record, None where there is none; raises LibraryError for one that was cut off."""
        found = list(self._read(f'name == "{kind}-{name}"'))
        return found[0] if found else None

    def all(self, kind: str) -> Iterator[Any]:
        """Give all records of a kind."""
        return self._read(f'kind == "{kind}"')

    def delete(self, kind: str, names: Iterable[str]) -> None:
        """Forget records."""
        self._client.delete(PART, any_of("name", [f"{kind}-{name}" for name in names]))

    def _read(self, where: str) -> Iterator[Any]:
        rows = self._client.scan(PART, where, ("name", "parts", "body"))
        for name, some in groupby(rows, key=lambda row: row["name"]):
            parts = list(some)
            if len(parts) != parts[0]["parts"]:
                raise LibraryError(f"{self.shown} is being written: {name} is not whole; try again")
            yield unpacked("".join(part["body"] for part in parts))
