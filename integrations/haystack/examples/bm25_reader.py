"""Words find documents, the reader quotes the answer.

python bm25_reader.py "Who laid out the garden?"
"""

from __future__ import annotations

import sys

from documents import DOCUMENTS
from haystack import ExtractedAnswer, Pipeline
from haystack.components.retrievers import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from haystack_integrations.components.readers.tritonqa import TritonQAReader


def build() -> Pipeline:
    """Put a store, a retriever and the reader together."""
    store = InMemoryDocumentStore()
    store.write_documents(DOCUMENTS)
    pipeline = Pipeline()
    pipeline.add_component("retriever", InMemoryBM25Retriever(store, top_k=5))
    pipeline.add_component("reader", TritonQAReader(top_k=1))
    pipeline.connect("retriever.documents", "reader.documents")
    return pipeline


def answers(pipeline: Pipeline, query: str) -> list[ExtractedAnswer]:
    """Ask."""
    asked = {"query": query}
    found: list[ExtractedAnswer] = pipeline.run({"retriever": asked, "reader": asked})["reader"]["answers"]
    return found


if __name__ == "__main__":
    for answer in answers(build(), sys.argv[1]):
        print(f"{answer.score:.2f}  {answer.data or '(no answer)'}")
