"""Words and meaning find documents in a folder of their own, the reader quotes the answer.

python hybrid_reader.py FOLDER "When does the train to Bremen leave?"
"""

from __future__ import annotations

import sys

from bm25_reader import answers
from documents import DOCUMENTS
from haystack import Pipeline
from haystack.document_stores.types import DuplicatePolicy

from haystack_integrations.components.readers.tritonqa import TritonQAReader
from haystack_integrations.components.retrievers.tritonqa import TritonQAHybridRetriever
from haystack_integrations.document_stores.tritonqa import TritonQADocumentStore


def build(folder: str) -> Pipeline:
    """Put a store, a retriever and the reader together; what is in the store already stays as it is."""
    store = TritonQADocumentStore(folder)
    store.write_documents(DOCUMENTS, DuplicatePolicy.SKIP)
    pipeline = Pipeline()
    pipeline.add_component("retriever", TritonQAHybridRetriever(store, top_k=3))
    pipeline.add_component("reader", TritonQAReader(top_k=1))
    pipeline.connect("retriever.documents", "reader.documents")
    return pipeline


if __name__ == "__main__":
    for answer in answers(build(sys.argv[1]), sys.argv[2]):
        print(f"{answer.score:.2f}  {answer.data or '(no answer)'}")
