"""A retriever and the reader at an address: POST /quote/run {"query": "…"}.

hayhooks run --pipelines-dir examples/hayhooks
"""

from __future__ import annotations

from hayhooks import BasePipelineWrapper
from haystack import Document, Pipeline
from haystack.components.retrievers import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from haystack_integrations.components.readers.tritonqa import TritonQAReader


class PipelineWrapper(BasePipelineWrapper):
    """What Hayhooks serves."""

    def setup(self) -> None:
        """Put the pipeline together, once."""
        store = InMemoryDocumentStore()
        store.write_documents([Document(content="The garden was laid out in 1912 by Gertrude Jekyll.")])
        self.pipeline = Pipeline()
        self.pipeline.add_component("retriever", InMemoryBM25Retriever(store, top_k=3))
        self.pipeline.add_component("reader", TritonQAReader(top_k=1))
        self.pipeline.connect("retriever.documents", "reader.documents")

    def run_api(self, query: str) -> list[dict]:
        """Answer a question."""
        asked = {"query": query}
        answers = self.pipeline.run({"retriever": asked, "reader": asked})["reader"]["answers"]
        return [answer.to_dict() for answer in answers]
