"""A document store's methods, awaited."""

from __future__ import annotations

import asyncio
from typing import Any

from haystack import Document
from haystack.document_stores.types import DuplicatePolicy


class Awaited:
    """
    Runs what the store does in another thread; it holds no logic.
    """

    async def count_documents_async(self: Any) -> int:
        """
        Counts the documents, without blocking the event loop.

        :returns:
            How many there are.
        """
        return await asyncio.to_thread(self.count_documents)

    async def filter_documents_async(self: Any, filters: dict[str, Any] | None = None) -> list[Document]:
        """
        Returns the documents that match filters, without blocking the event loop.

        :param filters:
            As Haystack has them; all documents without.
        :returns:
            Documents.
        """
        return await asyncio.to_thread(self.filter_documents, filters)

    async def write_documents_async(
        self: Any, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE
    ) -> int:
        """
        Writes documents, without blocking the event loop.

        :param documents:
            The documents; their meta must be JSON.
        :param policy:
            What to do with ids that are there already; NONE is FAIL.
        :returns:
            How many were written.
        """
        return await asyncio.to_thread(self.write_documents, documents, policy)

    async def delete_documents_async(self: Any, document_ids: list[str]) -> None:
        """
        Deletes documents, without blocking the event loop.

        :param document_ids:
            Which.
        """
        await asyncio.to_thread(self.delete_documents, document_ids)

    async def delete_all_documents_async(self: Any) -> None:
        """
        Deletes all documents, without blocking the event loop.
        """
        await asyncio.to_thread(self.delete_all_documents)

    async def delete_by_filter_async(self: Any, filters: dict[str, Any]) -> int:
        """
        Deletes the documents that match filters, without blocking the event loop.

        :param filters:
            As Haystack has them.
        :returns:
            How many were deleted.
        """
        return await asyncio.to_thread(self.delete_by_filter, filters)

    async def update_by_filter_async(self: Any, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        """
        Puts values into the meta of documents, without blocking the event loop.

        :param filters:
            As Haystack has them.
        :param meta:
            The new values; others stay.
        :returns:
            How many documents were changed.
        """
        return await asyncio.to_thread(self.update_by_filter, filters, meta)

    async def close_async(self: Any) -> None:
        """
        Lets go of the folder, without blocking the event loop.
        """
        await asyncio.to_thread(self.close)
