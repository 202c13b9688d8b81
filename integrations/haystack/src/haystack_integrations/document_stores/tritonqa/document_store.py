"""A document store in one folder, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from haystack import Document, default_from_dict, default_to_dict, logging
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy

from haystack_integrations.document_stores.tritonqa.awaited import Awaited
from haystack_integrations.document_stores.tritonqa.filters import check_filters, matching, matching_paths
from haystack_integrations.document_stores.tritonqa.metadata import Metadata
from haystack_integrations.document_stores.tritonqa.records import indexed_of, path_of, record_of
from haystack_integrations.document_stores.tritonqa.search import (
    Search,
    documents_found,
    passages_found,
    search,
)
from tritonqa.checks import path as checked_path
from tritonqa.checks import text, whole_number
from tritonqa.errors import InputError
from tritonqa.library.index.embed import embed
from tritonqa.library.resources import Resources
from tritonqa.library.store import EVERYTHING, Among, AnyScope
from tritonqa.library.store.base import Writer

logger = logging.getLogger(__name__)


class TritonQADocumentStore(Awaited, Metadata):
    """
    Keeps documents in a library of tritonqa, and searches them by words, by meaning, or by both.

    The library is one folder: SQLite is the truth, its indexes are made from it. Documents are cut into
    passages and get vectors by the library's own encoder; an `embedding` that a document brings is kept with
    it and returned, never searched. What `tritonqa index` put into the folder is found too.
    """

    def __init__(self, path: Path | str) -> None:
        """
        Name the library's folder; it is made when it is first used.

        :param path:
            The folder.
        """
        self.path = str(checked_path("path", path))
        self._folder = Path(self.path).absolute()
        self._opened = Resources(self._folder, None)

    def to_dict(self) -> dict[str, Any]:
        """
        Serializes the store.

        :returns:
            Dictionary with serialized data.
        """
        return default_to_dict(self, path=self.path)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TritonQADocumentStore:
        """
        Deserializes the store.

        :param data:
            Dictionary to deserialize from.
        :returns:
            The store.
        """
        return default_from_dict(cls, data)

    def count_documents(self) -> int:
        """
        Counts the documents.

        :returns:
            How many there are.
        """
        with self._store.read(EVERYTHING) as view:
            return len(view.files())

    def filter_documents(self, filters: dict[str, Any] | None = None) -> list[Document]:
        """
        Returns the documents that match filters.

        :param filters:
            As Haystack has them; all documents without.
        :returns:
            Documents.
        :raises FilterError:
            If the filters are none.
        """
        check_filters(filters)
        with self._store.read(EVERYTHING) as view:
            return [document for _, document in matching(view, filters)]

    def write_documents(
        self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE
    ) -> int:
        """
        Writes documents, each whole or not at all; none where one of them is refused.

        :param documents:
            The documents; their meta must be JSON.
        :param policy:
            What to do with ids that are there already; NONE is FAIL.
        :returns:
            How many were written.
        :raises ValueError:
            If one of them is no Document, or can't be kept.
        :raises DuplicateDocumentError:
            If an id is there already and the policy is FAIL.
        """
        given = documents if isinstance(documents, list | tuple) else [documents]
        wrong = next((one for one in given if not isinstance(one, Document)), None)
        if wrong is not None or given is not documents:
            kind = type(documents if wrong is None else wrong).__name__
            raise ValueError(f"documents must be a list of Documents, not {kind}")
        records = {document.id: record_of(document) for document in documents}
        with self._store.write() as writer:
            kept = self._kept(writer, documents, policy)
            for document in kept:
                path = path_of(self._folder, document.id)
                writer.put(*indexed_of(document, path), meta=records[document.id])
            self._finish(writer)
        return len(kept)

    def delete_documents(self, document_ids: list[str]) -> None:
        """
        Deletes documents, to the last byte; ids that are not there are left alone.

        :param document_ids:
            Which.
        """
        with self._store.write() as writer:
            there = writer.files()
            paths = [*(path_of(self._folder, name) for name in document_ids), *map(Path, document_ids)]
            writer.remove([path for path in paths if path in there])
            writer.optimise()

    def delete_all_documents(self) -> None:
        """
        Deletes all documents, files that were indexed too.
        """
        with self._store.write() as writer:
            writer.remove(list(writer.files()))
            writer.optimise()

    def delete_by_filter(self, filters: dict[str, Any]) -> int:
        """
        Deletes the documents that match filters.

        :param filters:
            As Haystack has them.
        :returns:
            How many were deleted.
        """
        documents = self.filter_documents(filters)
        self.delete_documents([document.id for document in documents])
        return len(documents)

    def update_by_filter(self, filters: dict[str, Any], meta: dict[str, Any]) -> int:
        """
        Puts values into the meta of the documents that match filters.

        :param filters:
            As Haystack has them.
        :param meta:
            The new values; others stay.
        :returns:
            How many documents were changed.
        """
        documents = self.filter_documents(filters)
        for document in documents:
            document.meta.update(meta)
        return self.write_documents(documents, DuplicatePolicy.OVERWRITE)

    def search(
        self,
        query: str,
        by: Search = Search.HYBRID,
        filters: dict[str, Any] | None = None,
        top_k: int = 10,
        passages: bool = False,
    ) -> list[Document]:
        """
        Finds the documents that may answer a query; filters apply before ranking.

        :param query:
            The question.
        :param by:
            What to go by.
        :param filters:
            Which documents are searched; the others are as if they were not there.
        :param top_k:
            How many to return at most.
        :param passages:
            Whether to return the passages that were found, in place of whole documents.
        :returns:
            Documents with scores, the best first.
        """
        text("query", query)
        limit = whole_number("top_k", top_k, 1)
        encoder = self._opened.encoder
        with self._store.read(self._scope(filters)) as view:
            found = search(view, query, by, encoder, limit)
            if passages:
                return passages_found(found)
            while len(documents := documents_found(view, found)) < top_k and len(found) == limit:
                limit *= 2  # several of a document's passages were found
                found = search(view, query, by, encoder, limit)
            return documents[:top_k]

    def close(self) -> None:
        """
        Lets go of the folder; the next call opens it again.
        """
        self._opened.close()

    @property
    def _store(self) -> Any:
        return self._opened.store(create=True)

    def _kept(self, writer: Writer, documents: list[Document], policy: DuplicatePolicy) -> list[Document]:
        """Return the documents that a policy lets through."""
        there, kept = set(writer.files()), {}
        for document in documents:
            path = path_of(self._folder, document.id)
            if Path(document.id) in there:
                raise InputError(
                    f"document {document.id} is a file that was indexed; change the file and index it again"
                )
            if path in there and policy is DuplicatePolicy.SKIP:
                logger.warning("Document {id} is there already and is skipped", id=document.id)
                continue
            if path in there and policy is not DuplicatePolicy.OVERWRITE:
                raise DuplicateDocumentError(f"document {document.id} is there already")
            there.add(path)
            kept[document.id] = document
        return list(kept.values())

    def _finish(self, writer: Writer) -> None:
        if encoder := self._opened.encoder:
            embed(writer, encoder, 0)
        writer.optimise()

    def _scope(self, filters: dict[str, Any] | None) -> AnyScope:
        if not filters:
            return EVERYTHING
        check_filters(filters)
        with self._store.read(EVERYTHING) as view:
            return Among(frozenset(matching_paths(view, filters)))
