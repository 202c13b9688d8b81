"""Their reader and ours in one pipeline, over the same documents, on the same checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

import pytest
from haystack import Document, ExtractedAnswer, Pipeline
from haystack.components.retrievers import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from haystack_integrations.components.readers.tritonqa import TritonQAReader

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("haystack")]

TEXTS = (
    "The library opened in 1895. Its 40 reading rooms hold over 2,000 manuscripts.",
    "The garden was laid out in 1912 by Gertrude Jekyll.\fIt is closed on Mondays.",
    "The warranty of the pump ends after 24 months. Ada Lovelace repairs it in Bremen.",
)
ASKS = {
    "When did the library open?": "1895",
    "How many reading rooms are there?": "40",
    "Who laid out the garden?": "Gertrude Jekyll",
    "When is the garden closed?": "Mondays",
    "Where is the pump repaired?": "Bremen",
    "Who repairs the pump?": "Ada Lovelace",
}


def checkpoint() -> str:
    for point in entry_points(group="tritonqa.checkpoints", name="tritonqa-minilm"):
        return str(point.load()())
    pytest.skip("needs tritonqa-minilm-checkpoint")


def theirs() -> Any:
    module = pytest.importorskip("haystack_integrations.components.readers.transformers")
    return module.TransformersExtractiveReader(model=checkpoint(), top_k=2)


@pytest.fixture(scope="module", params=["theirs", "ours"])
def pipeline(request: pytest.FixtureRequest) -> Iterator[Pipeline]:
    store = InMemoryDocumentStore()
    store.write_documents([Document(content=text, meta={"page_number": 3}) for text in TEXTS])
    made = Pipeline()
    made.add_component("retriever", InMemoryBM25Retriever(store, top_k=3))
    made.add_component("reader", theirs() if request.param == "theirs" else TritonQAReader(top_k=2))
    made.connect("retriever.documents", "reader.documents")
    yield made
    made.close()


@pytest.mark.parametrize(("query", "expected"), ASKS.items(), ids=list(ASKS.values()))
def test_one_pipeline_either_reader(pipeline: Pipeline, query: str, expected: str) -> None:
    run = pipeline.run({"retriever": {"query": query}, "reader": {"query": query}})
    answers: list[ExtractedAnswer] = run["reader"]["answers"]
    best = answers[0]
    assert best.data and best.data.strip(".") == expected and best.query == query
    assert best.document and best.document.content and best.document_offset
    start, end = best.document_offset.start, best.document_offset.end
    assert best.document.content[start:end] == best.data
    assert best.meta["answer_page_number"] == 3 + best.document.content[:start].count("\f")
    assert len(answers) == 3 and sum(answer.data is None for answer in answers) == 1
    assert [answer.score for answer in answers] == sorted((a.score for a in answers), reverse=True)
    assert ExtractedAnswer.from_dict(best.to_dict()) == best


def test_nothing_to_read(pipeline: Pipeline) -> None:
    reader = pipeline.get_component("reader")
    assert reader.run(query="Who?", documents=[]) == {"answers": []}
