"""Retrievers over a TritonQADocumentStore."""

from haystack_integrations.components.retrievers.tritonqa.retrievers import (
    TritonQADenseRetriever,
    TritonQAHybridRetriever,
    TritonQALexicalRetriever,
)

__all__ = ["TritonQADenseRetriever", "TritonQAHybridRetriever", "TritonQALexicalRetriever"]
