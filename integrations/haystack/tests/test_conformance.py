"""Haystack's own suites, over a folder of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from haystack import Document
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DocumentStore
from haystack.testing import document_store as suites
from haystack.testing import document_store_async as async_suites

from haystack_integrations.document_stores.tritonqa import TritonQADocumentStore


class OverAFolder:
    """The store under test, and how documents are compared: a library has no order of its own."""

    @pytest.fixture
    def document_store(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[TritonQADocumentStore]:
        """Open a store that words alone search: what is held here is what it keeps."""
        monkeypatch.setattr("tritonqa.library.encoder.find", lambda: None)
        store = TritonQADocumentStore(tmp_path / "s.library")
        yield store
        store.close()

    @staticmethod
    def assert_documents_are_equal(received: list[Document], expected: list[Document]) -> None:
        assert sorted(received, key=lambda one: one.id) == sorted(expected, key=lambda one: one.id)


class TestStore(
    OverAFolder,
    suites.DocumentStoreBaseExtendedTests,
    suites.CountDocumentsByFilterTest,
    suites.CountUniqueMetadataByFilterTest,
    suites.GetMetadataFieldsInfoTest,
    suites.GetMetadataFieldMinMaxTest,
    suites.GetMetadataFieldUniqueValuesTest,
):
    """What a store does."""

    def test_write_documents(self, document_store: DocumentStore) -> None:
        document = Document(content="test doc")
        assert document_store.write_documents([document]) == 1
        with pytest.raises(DuplicateDocumentError):
            document_store.write_documents([document])
        assert document_store.filter_documents() == [document]


class TestAsyncStore(
    OverAFolder,
    async_suites.CountDocumentsAsyncTest,
    async_suites.WriteDocumentsAsyncTest,
    async_suites.DeleteDocumentsAsyncTest,
    async_suites.FilterDocumentsAsyncTest,
    async_suites.DeleteAllAsyncTest,
    async_suites.DeleteByFilterAsyncTest,
    async_suites.UpdateByFilterAsyncTest,
    async_suites.CountDocumentsByFilterAsyncTest,
    async_suites.CountUniqueMetadataByFilterAsyncTest,
    async_suites.GetMetadataFieldsInfoAsyncTest,
    async_suites.GetMetadataFieldMinMaxAsyncTest,
    async_suites.GetMetadataFieldUniqueValuesAsyncTest,
):
    """The same, awaited."""

    @pytest.mark.asyncio
    async def test_write_documents_async(self, document_store: TritonQADocumentStore) -> None:
        document = Document(content="test doc")
        assert await document_store.write_documents_async([document]) == 1
        with pytest.raises(DuplicateDocumentError):
            await document_store.write_documents_async([document])
        assert await document_store.filter_documents_async() == [document]
