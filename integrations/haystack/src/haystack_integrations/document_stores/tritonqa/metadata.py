"""What the documents' meta holds, told by Haystack's own code over the documents that are chosen."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from haystack import Document
from haystack.document_stores.in_memory import InMemoryDocumentStore


class Metadata(ABC):
    """
    The part of a document store that counts and lists values of meta.
    """

    @abstractmethod
    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[Document]:
        """
        Return the documents that match filters.

        :param filters:
            As Haystack has them.
        :returns:
            Documents.
        """

    def count_documents_by_filter(self, filters: dict[str, Any]) -> int:
        """
        Count the documents that match filters.

        :param filters:
            As Haystack has them.
        :returns:
            How many match.
        """
        return len(self.filter_documents(filters))

    def count_unique_metadata_by_filter(
        self, filters: dict[str, Any], metadata_fields: list[str]
    ) -> dict[str, int]:
        """
        Count the distinct values of fields of meta.

        :param filters:
            Which documents count.
        :param metadata_fields:
            Names, with or without "meta." in front.
        :returns:
            Counts by name.
        """
        return self._among(filters).count_unique_metadata_by_filter({}, metadata_fields)

    def get_metadata_fields_info(self) -> dict[str, dict[str, str]]:
        """
        List the fields of meta.

        :returns:
            The type of each.
        """
        return self._among().get_metadata_fields_info()

    def get_metadata_field_min_max(self, metadata_field: str) -> dict[str, Any]:
        """
        Return the least and the greatest value of a field.

        :param metadata_field:
            Its name, with or without "meta." in front.
        :returns:
            min and max; `None` where there are none.
        """
        return self._among().get_metadata_field_min_max(metadata_field)

    def get_metadata_field_unique_values(
        self,
        metadata_field: str,
        search_term: str | None = None,
        from_: int = 0,
        size: int = 10,
        filters: dict[str, Any] | None = None,
    ) -> tuple[list[Any], int]:
        """
        List the distinct values of a field.

        :param metadata_field:
            Its name, with or without "meta." in front.
        :param search_term:
            What a value must hold, upper and lower case alike.
        :param from_:
            The first value to return.
        :param size:
            How many to return at most.
        :param filters:
            Which documents count.
        :returns:
            Values, and how many there are in all.
        """
        among = self._among(filters)
        return among.get_metadata_field_unique_values(metadata_field, search_term, from_, size)

    async def count_documents_by_filter_async(self, filters: dict[str, Any]) -> int:
        """
        Count the documents that match filters, without blocking the event loop.

        :param filters:
            As Haystack has them.
        :returns:
            How many match.
        """
        return await asyncio.to_thread(self.count_documents_by_filter, filters)

    async def count_unique_metadata_by_filter_async(
        self, filters: dict[str, Any], metadata_fields: list[str]
    ) -> dict[str, int]:
        """
        Count the distinct values of fields of meta, without blocking the event loop.

        :param filters:
            Which documents count.
        :param metadata_fields:
            Names, with or without "meta." in front.
        :returns:
            Counts by name.
        """
        return await asyncio.to_thread(self.count_unique_metadata_by_filter, filters, metadata_fields)

    async def get_metadata_fields_info_async(self) -> dict[str, dict[str, str]]:
        """
        List the fields of meta, without blocking the event loop.

        :returns:
            The type of each.
        """
        return await asyncio.to_thread(self.get_metadata_fields_info)

    async def get_metadata_field_min_max_async(self, metadata_field: str) -> dict[str, Any]:
        """
        Return the least and the greatest value of a field, without blocking the event loop.

        :param metadata_field:
            Its name, with or without "meta." in front.
        :returns:
            min and max; `None` where there are none.
        """
        return await asyncio.to_thread(self.get_metadata_field_min_max, metadata_field)

    async def get_metadata_field_unique_values_async(
        self,
        metadata_field: str,
        search_term: str | None = None,
        from_: int = 0,
        size: int = 10,
        filters: dict[str, Any] | None = None,
    ) -> tuple[list[Any], int]:
        """
        List the distinct values of a field, without blocking the event loop.

        :param metadata_field:
            Its name, with or without "meta." in front.
        :param search_term:
            What a value must hold, upper and lower case alike.
        :param from_:
            The first value to return.
        :param size:
            How many to return at most.
        :param filters:
            Which documents count.
        :returns:
            Values, and how many there are in all.
        """
        return await asyncio.to_thread(
            self.get_metadata_field_unique_values, metadata_field, search_term, from_, size, filters
        )

    def _among(self, filters: dict[str, Any] | None = None) -> InMemoryDocumentStore:
        """Return the chosen documents' meta in a store of Haystack's that knows how to count it."""
        memory = InMemoryDocumentStore()
        chosen = self.filter_documents(filters)
        memory.write_documents([Document(id=document.id, meta=document.meta) for document in chosen])
        return memory
