"""What any document store can be asked, in one way; its errors in our words."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from tritonqa.errors import LibraryError, first_line

if TYPE_CHECKING:
    from haystack import Document

P = ParamSpec("P")
T = TypeVar("T")

# The names by which the stores' own retrievers search them.
LEXICAL = ("bm25_retrieval", "_bm25_retrieval", "_keyword_retrieval")
DENSE = ("embedding_retrieval", "_embedding_retrieval", "_query_by_embedding")


def mapped(call: Callable[P, T]) -> Callable[P, T]:
    """Make a method of Calls raise LibraryError for whatever a store, or the way to it, raises."""

    @functools.wraps(call)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except Exception as error:  # each store raises its own kinds
            store = args[0]
            assert isinstance(store, Calls)
            raise LibraryError(
                f"{store.shown} does not answer as it should: {first_line(error):.200}; look whether it "
                "runs, then try again"
            ) from error

    return wrapped


class Calls:
    """A document store of Haystack's."""

    def __init__(self, store: Any, shown: str) -> None:
        """Take a store that is open, and its name in messages."""
        self.store, self.shown = store, shown
        self._lexical = _method(store, LEXICAL)
        self._dense = _method(store, DENSE)

    @mapped
    def count(self) -> int:
        """Count the documents."""
        return int(self.store.count_documents())

    @mapped
    def filter(self, filters: dict[str, Any] | None) -> list[Document]:
        """Return the documents that filters hold for."""
        return list(self.store.filter_documents(filters))

    @mapped
    def write(self, documents: list[Document]) -> None:
        """Write documents in place of those of the same id."""
        from haystack.document_stores.types import DuplicatePolicy

        if documents:
            self.store.write_documents(documents, policy=DuplicatePolicy.OVERWRITE)

    @mapped
    def delete(self, ids: Sequence[str]) -> None:
        """Delete documents."""
        if ids:
            self.store.delete_documents(list(ids))

    @mapped
    def lexical(self, query: str, filters: dict[str, Any] | None, limit: int) -> list[Document]:
        """Search by words; nothing where the store can't."""
        if self._lexical is None:
            return []
        return list(self._lexical(query, filters=filters, top_k=limit))

    @mapped
    def dense(self, vector: list[float], filters: dict[str, Any] | None, limit: int) -> list[Document]:
        """Search by vector; nothing where the store can't."""
        return list(self._dense(vector, filters=filters, top_k=limit)) if self._dense is not None else []

    @mapped
    def close(self) -> None:
        """Let go of the store, where it can be."""
        if callable(close := getattr(self.store, "close", None)):
            close()


def equal(field: str, value: Any) -> dict[str, Any]:
    """Write a filter: a field of meta has a value."""
    return {"field": f"meta.{field}", "operator": "==", "value": value}


def one_of(field: str, values: Sequence[str]) -> dict[str, Any]:
    """Write a filter: a field is one of some values."""
    return {"field": field, "operator": "in", "value": list(values)}


def both(*filters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Write a filter: all of some hold."""
    given = [one for one in filters if one]
    return {"operator": "AND", "conditions": given} if len(given) > 1 else next(iter(given), None)


def _method(store: Any, names: Sequence[str]) -> Callable[..., Any] | None:
    found = (getattr(store, name, None) for name in names)
    return next((method for method in found if callable(method)), None)
