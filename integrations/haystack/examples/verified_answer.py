"""A generator answers, and every quotation in its answer is looked up in the documents it was given.

python verified_answer.py

The generator here is a stub that misquotes, as language models do; put yours in its place.
"""

from __future__ import annotations

from typing import Any

from documents import DOCUMENTS
from haystack import Document, Pipeline, component
from haystack.components.retrievers import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from tritonqa.library import document as parsed
from tritonqa.library.verify import Quotation, quotations, verify

from haystack_integrations.components.readers.tritonqa import TritonQAReader

REPLY = 'It says "the warranty of the pump ends after 36 months" and "Ada Lovelace repairs it in Bremen".'


@component
class MisquotingGenerator:
    """Reply with one quotation that is right and one that is not."""

    @component.output_types(replies=list[str])
    def run(self, documents: list[Document]) -> dict[str, Any]:
        """Reply."""
        return {"replies": [REPLY]}


@component
class QuotationVerifier:
    """Look up the quotations of replies in documents."""

    @component.output_types(quotations=list[Quotation])
    def run(self, replies: list[str], documents: list[Document]) -> dict[str, Any]:
        """Return a verdict on each: verified, repaired with the words that are there, or not found."""
        sources = [(one.id, parsed.Document(one.content or "", "text")) for one in documents]
        return {"quotations": [one for reply in replies for one in verify(quotations(reply), sources)]}


def build() -> Pipeline:
    """Put a store, a retriever, the reader, the generator and what verifies it together."""
    store = InMemoryDocumentStore()
    store.write_documents(DOCUMENTS)
    pipeline = Pipeline()
    pipeline.add_component("retriever", InMemoryBM25Retriever(store, top_k=3))
    pipeline.add_component("reader", TritonQAReader(top_k=1, no_answer=False))
    pipeline.add_component("generator", MisquotingGenerator())
    pipeline.add_component("verifier", QuotationVerifier())
    pipeline.connect("retriever.documents", "reader.documents")
    pipeline.connect("retriever.documents", "generator.documents")
    pipeline.connect("retriever.documents", "verifier.documents")
    pipeline.connect("generator.replies", "verifier.replies")
    return pipeline


def ask(pipeline: Pipeline, query: str) -> dict[str, Any]:
    """Ask; what the reader quotes stands beside what the generator claims."""
    return pipeline.run({"retriever": {"query": query}, "reader": {"query": query}})


if __name__ == "__main__":
    done = ask(build(), "When does the warranty of the pump end?")
    print("the reader:", done["reader"]["answers"][0].data)
    for quotation in done["verifier"]["quotations"]:
        print(f"{quotation.status:9}  {quotation.text!r}")
