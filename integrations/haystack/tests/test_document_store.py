from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from haystack import Document, Pipeline
from haystack.document_stores.types import DuplicatePolicy
from haystack.errors import FilterError
from tritonqa import Library
from tritonqa.errors import InputError, LibraryError
from tritonqa.library.store.sqlite.view import SqliteView

from haystack_integrations.components.readers.tritonqa import TritonQAReader
from haystack_integrations.components.retrievers.tritonqa import (
    TritonQADenseRetriever,
    TritonQAHybridRetriever,
    TritonQALexicalRetriever,
)
from haystack_integrations.document_stores.tritonqa import TritonQADocumentStore
from haystack_integrations.document_stores.tritonqa.search import Search

pytestmark = pytest.mark.xdist_group("haystack")

DOCUMENTS = [
    Document(id="boat", content="The boat sails on the lake. Its sail is red.", meta={"kind": "a"}),
    Document(
        id="train", content="The train to Bremen leaves at nine.", meta={"kind": "b", "title": "Railway"}
    ),
    Document(id="house", content="The house has forty rooms. The garden has a lake.", meta={"kind": "b"}),
    Document(id="note", content=None, meta={"kind": "c"}),
]
RETRIEVERS = (TritonQALexicalRetriever, TritonQADenseRetriever, TritonQAHybridRetriever)


@pytest.fixture
def store(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TritonQADocumentStore]:
    """Fill a store; with vectors where the test is one of integration."""
    if request.node.get_closest_marker("integration") is None:
        monkeypatch.setattr("tritonqa.library.encoder.find", lambda: None)
    made = TritonQADocumentStore(tmp_path / "s.library")
    made.write_documents(DOCUMENTS)
    yield made
    made.close()


def ids(documents: list[Document]) -> list[str]:
    return [document.id for document in documents]


def test_words_find_documents_and_titles(store: TritonQADocumentStore) -> None:
    assert set(ids(store.search("lake"))) == {"boat", "house"}
    assert ids(store.search("a railway")) == ["train"]
    assert store.search("submarine") == []
    best = store.search("train")[0]
    assert best.content == DOCUMENTS[1].content and best.meta == DOCUMENTS[1].meta and (best.score or 0) > 0


def test_what_filters_leave_out_is_as_if_it_were_not_there(
    store: TritonQADocumentStore, tmp_path: Path
) -> None:
    alone = TritonQADocumentStore(tmp_path / "alone.library")
    alone.write_documents(DOCUMENTS[1:3])
    kind = {"field": "meta.kind", "operator": "==", "value": "b"}
    within = store.search("the lake of Bremen", filters=kind)
    assert within == alone.search("the lake of Bremen") and len(within) == 2
    assert store.search("lake", filters={"field": "meta.kind", "operator": "==", "value": "z"}) == []
    with pytest.raises(FilterError):
        store.search("lake", filters={"kind": "b"})


def test_many_passages_of_one_document_are_one_hit(store: TritonQADocumentStore) -> None:
    store.write_documents([Document(id="long", content="A lake lies in Finland, and it is deep. " * 200)])
    assert set(ids(store.search("lake", top_k=3))) == {"long", "boat", "house"}
    passages = store.search("lake", top_k=3, passages=True)
    assert len(passages) == 3 and len({one.id for one in passages}) == 3
    text = store.filter_documents({"field": "id", "operator": "==", "value": "long"})[0].content or ""
    assert all(
        text[one.meta["start"] : one.meta["end"]] == one.content
        for one in passages
        if one.meta["file_path"].endswith("id=long")
    )


def test_overwritten_and_deleted_are_gone(store: TritonQADocumentStore, tmp_path: Path) -> None:
    store.write_documents([Document(id="boat", content="A canoe.")], DuplicatePolicy.OVERWRITE)
    assert ids(store.search("lake")) == ["house"] and ids(store.search("canoe")) == ["boat"]
    store.delete_documents(["boat"])
    assert store.search("canoe") == [] and store.count_documents() == 3
    held = b"".join(file.read_bytes() for file in (tmp_path / "s.library").rglob("*") if file.is_file())
    assert b"canoe" not in held


def test_two_ids_with_one_content_are_both_found(store: TritonQADocumentStore) -> None:
    store.write_documents([Document(id="copy/of\\boat", content=DOCUMENTS[0].content)])
    assert set(ids(store.search("sail"))) == {"boat", "copy/of\\boat"}


def test_a_folder_that_was_indexed_is_found(store: TritonQADocumentStore, tmp_path: Path) -> None:
    (tmp_path / "garden.txt").write_text("Gertrude Jekyll laid out the park.", encoding="utf-8")
    with Library(tmp_path / "s.library") as library:
        library.add(tmp_path / "garden.txt", vectors=False)
    found = store.search("park")[0]
    assert found.content == "Gertrude Jekyll laid out the park."
    assert found.meta == {"file_path": str(tmp_path / "garden.txt"), "title": "garden", "kind": "text"}
    with pytest.raises(ValueError, match="is a file that was indexed"):
        store.update_by_filter({"field": "meta.title", "operator": "==", "value": "garden"}, {"kind": "x"})
    store.delete_documents([found.id])
    assert store.search("park") == []


def test_what_an_indexed_file_says_of_itself_can_be_filtered_by(
    store: TritonQADocumentStore, tmp_path: Path
) -> None:
    for name in ("Ada", "Grace"):
        said = f"---\nauthor: {name}\ndate: 2024-05-31\ntags: [park, garden]\n---\n"
        (tmp_path / f"{name}.md").write_text(f"{said}The park is open.", encoding="utf-8")
    with Library(tmp_path / "s.library") as library:
        library.add([tmp_path / "Ada.md", tmp_path / "Grace.md"], vectors=False)
    filters = {"field": "meta.author", "operator": "==", "value": "Ada"}
    (found,) = store.search("park", filters=filters)
    assert found.meta["date"] == "2024-05-31" and found.meta["keyword"] == ["park", "garden"]
    assert found.meta["kind"] == "markdown"


def test_filters_on_meta_read_no_content(
    store: TritonQADocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"operator": "AND", "conditions": [{"field": "meta.none", "operator": "==", "value": 1}]}
    content = {"field": "content", "operator": "==", "value": DOCUMENTS[0].content}
    (found,) = store.search(DOCUMENTS[0].content or "", filters=content)
    assert found.id == DOCUMENTS[0].id
    monkeypatch.setattr(SqliteView, "document", lambda self, path: pytest.fail(f"{path} is read"))
    assert store.search("lake", filters=wanted) == []


def test_what_cannot_be_kept_is_refused_and_nothing_is_written(store: TritonQADocumentStore) -> None:
    good = Document(id="good", content="A good one.")
    with pytest.raises(InputError, match="the meta of document bad can't be kept as JSON"):
        store.write_documents([good, Document(id="bad", content="x", meta={"set": {1}})])
    with pytest.raises(InputError, match="the content of document half holds a lone surrogate"):
        store.write_documents([good, Document(id="half", content="\ud83d")])
    with pytest.raises(ValueError, match="must be a list of Documents, not str"):
        store.write_documents([good, "text"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="must be a list of Documents, not Document$"):
        store.write_documents(good)  # type: ignore[arg-type]
    assert store.count_documents() == len(DOCUMENTS)


def test_bad_input_is_one_sentence(store: TritonQADocumentStore, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="a dense search needs an encoder"):
        store.search("lake", Search.DENSE)
    with pytest.raises(InputError, match="top_k must be"):
        TritonQALexicalRetriever(store, top_k=0)
    with pytest.raises(InputError, match="document_store must be TritonQADocumentStore, not str"):
        TritonQAHybridRetriever("folder")  # type: ignore[arg-type]
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError, match="a library can't be made at"):
        TritonQADocumentStore(tmp_path / "file").count_documents()


@pytest.mark.parametrize("kind", RETRIEVERS)
def test_round_trip(kind: type[TritonQALexicalRetriever], store: TritonQADocumentStore) -> None:
    filters = {"field": "meta.kind", "operator": "==", "value": "b"}
    made = kind(store, filters, top_k=3, passages=True)
    record = json.loads(json.dumps(made.to_dict()))
    again = kind.from_dict(record)
    assert again.to_dict() == record and again.document_store.path == store.path
    pipeline = Pipeline()
    pipeline.add_component("retriever", made)
    assert Pipeline.loads(pipeline.dumps()).to_dict() == pipeline.to_dict()


@pytest.mark.integration
@pytest.mark.parametrize("kind", RETRIEVERS)
def test_retriever_and_reader(kind: type[TritonQALexicalRetriever], store: TritonQADocumentStore) -> None:
    pipeline = Pipeline()
    pipeline.add_component("retriever", kind(store, top_k=3))
    pipeline.add_component("reader", TritonQAReader(top_k=1, no_answer=False))
    pipeline.connect("retriever.documents", "reader.documents")
    query = {"query": "When does the train to Bremen leave?"}
    inputs = {"retriever": query, "reader": query}
    answer = pipeline.run(inputs)["reader"]["answers"][0]
    assert answer.document.id == "train" and "nine" in answer.data
    assert asyncio.run(pipeline.run_async(inputs))["reader"]["answers"][0] == answer
    pipeline.close()


@pytest.mark.integration
def test_meaning_finds_what_no_word_says(store: TritonQADocumentStore) -> None:
    assert ids(store.search("locomotive", Search.LEXICAL)) == []
    assert ids(store.search("locomotive", Search.DENSE))[0] == "train"
    assert ids(store.search("locomotive"))[0] == "train"
