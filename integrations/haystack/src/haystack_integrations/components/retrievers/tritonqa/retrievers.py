"""Query → documents, by words, by meaning, or by both."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Self

from haystack import Document, component, default_from_dict, default_to_dict
from haystack.document_stores.types import FilterPolicy
from haystack.document_stores.types.filter_policy import apply_filter_policy

from haystack_integrations.document_stores.tritonqa import TritonQADocumentStore
from haystack_integrations.document_stores.tritonqa.search import Search
from tritonqa.checks import flag, instance, whole_number


class Retriever:
    """
    What the three retrievers share; each says what it goes by.
    """

    by: ClassVar[Search]

    def __init__(
        self,
        document_store: TritonQADocumentStore,
        filters: dict[str, Any] | None = None,
        top_k: int = 10,
        filter_policy: FilterPolicy = FilterPolicy.REPLACE,
        passages: bool = False,
    ) -> None:
        """
        Creates a retriever.

        :param document_store:
            Where to search.
        :param filters:
            Which documents are searched; the others are as if they were not there.
        :param top_k:
            How many documents to return at most.
        :param filter_policy:
            How filters at a run go with these.
        :param passages:
            Whether to return the passages that were found, in place of whole documents.
        :raises InputError:
            If a value is out of range.
        """
        self.document_store = instance("document_store", document_store, TritonQADocumentStore)
        self.filters = filters or {}
        self.top_k = whole_number("top_k", top_k, 1)
        self.filter_policy = FilterPolicy(filter_policy)
        self.passages = flag("passages", passages)

    def to_dict(self) -> dict[str, Any]:
        """
        Serializes the component.

        :returns:
            Dictionary with serialized data.
        """
        return default_to_dict(
            self,
            document_store=self.document_store.to_dict(),
            filters=self.filters,
            top_k=self.top_k,
            filter_policy=self.filter_policy.value,
            passages=self.passages,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """
        Deserializes the component.

        :param data:
            Dictionary to deserialize from.
        :returns:
            Deserialized component.
        """
        parameters = dict(data["init_parameters"])
        store = parameters["document_store"]
        if isinstance(store, dict):
            parameters["document_store"] = TritonQADocumentStore.from_dict(store)
        return default_from_dict(cls, {**data, "init_parameters": parameters})

    def close(self) -> None:
        """
        Lets go of the store; the next run opens it again.
        """
        self.document_store.close()

    @component.output_types(documents=list[Document])
    def run(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, Any]:
        """
        Finds the documents that may answer a query.

        :param query:
            The question.
        :param filters:
            Which documents are searched.
        :param top_k:
            How many to return at most.
        :returns:
            A dictionary with `documents`, the best first.
        """
        return self._retrieve(query, filters, top_k)

    @component.output_types(documents=list[Document])
    async def run_async(
        self, query: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, Any]:
        """
        Finds the documents that may answer a query, without blocking the event loop.

        :param query:
            The question.
        :param filters:
            Which documents are searched.
        :param top_k:
            How many to return at most.
        :returns:
            A dictionary with `documents`, the best first.
        """
        return await asyncio.to_thread(self._retrieve, query, filters, top_k)

    def _retrieve(self, query: str, filters: dict[str, Any] | None, top_k: int | None) -> dict[str, Any]:
        chosen = apply_filter_policy(self.filter_policy, self.filters, filters)
        limit = self.top_k if top_k is None else top_k
        return {"documents": self.document_store.search(query, self.by, chosen, limit, self.passages)}


@component
class TritonQALexicalRetriever(Retriever):
    """
    Finds documents by their words: BM25 over passages, any script.
    """

    by = Search.LEXICAL


@component
class TritonQADenseRetriever(Retriever):
    """
    Finds documents by meaning: vectors of the library's own encoder; it takes text, no embedding.
    """

    by = Search.DENSE


@component
class TritonQAHybridRetriever(Retriever):
    """
    Finds documents by words and meaning in one ranking.
    """

    by = Search.HYBRID
