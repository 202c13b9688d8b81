"""Haystack's documents in a library of tritonqa."""

from haystack_integrations.document_stores.tritonqa.document_store import TritonQADocumentStore

__all__ = ["TritonQADocumentStore"]
