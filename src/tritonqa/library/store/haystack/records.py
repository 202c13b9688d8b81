"""Files and stamps as Documents without content, which no retriever gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tritonqa.library.store.haystack.calls import Calls, both, equal
from tritonqa.library.store.haystack.documents import MARK
from tritonqa.library.store.records import Records, packed, unpacked


class HaystackRecords(Records):
    """One Document a record."""

    def __init__(self, calls: Calls) -> None:
        """Take the store."""
        self._calls, self.shown = calls, calls.shown

    def put(self, kind: str, name: str, value: Any) -> None:
        """Write a record in place of what has its name."""
        from haystack import Document

        meta = {MARK: kind, "tritonqa_name": name, "tritonqa_record": packed(value)}
        self._calls.write([Document(id=_id(kind, name), meta=meta)])

    def get(self, kind: str, name: str) -> Any:
        """Return a record, None where there is none."""
        found = self._calls.filter(both(equal(MARK, kind), equal("tritonqa_name", name)))
        return unpacked(found[0].meta["tritonqa_record"]) if found else None

    def all(self, kind: str) -> Iterator[Any]:
        """Give all records of a kind."""
        for document in self._calls.filter(equal(MARK, kind)):
            yield unpacked(document.meta["tritonqa_record"])

    def delete(self, kind: str, names: Iterable[str]) -> None:
        """Forget records."""
        self._calls.delete([_id(kind, name) for name in names])


def _id(kind: str, name: str) -> str:
    return f"{MARK}-{kind}-{name}"
