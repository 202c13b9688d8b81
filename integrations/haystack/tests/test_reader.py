from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Iterator

import pytest
from haystack import Document, ExtractedAnswer, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import Secret
from tritonqa.errors import InputError, TritonQAError, Unavailable

from haystack_integrations.components.readers.tritonqa import TritonQAReader

TOY = {"engine": "toy"}
DOCUMENTS = [
    Document(content="The engine was never built."),
    Document(content="Foreword.\fIt was written by Ada Lovelace in 1843.", meta={"page_number": 7}),
]


@pytest.fixture
def reader() -> Iterator[TritonQAReader]:
    """Open a reader without weights: words that both texts have decide."""
    made = TritonQAReader(model_kwargs=TOY)
    yield made
    made.close()


def held(answer: ExtractedAnswer) -> str:
    """Return an answer's words as its document and its context hold them, which must be the same."""
    assert answer.document and answer.document.content and answer.document_offset
    assert answer.context and answer.context_offset
    text = answer.document.content[answer.document_offset.start : answer.document_offset.end]
    assert answer.context[answer.context_offset.start : answer.context_offset.end] == text == answer.data
    assert answer.context in answer.document.content
    return text


def test_answers_stand_in_their_documents_and_compete_with_none(reader: TritonQAReader) -> None:
    found = reader.run("Who wrote it?", DOCUMENTS, top_k=4)["answers"]
    assert len(found) == 5 and sum(answer.data is None for answer in found) == 1
    assert [answer.score for answer in found] == sorted((a.score for a in found), reverse=True)
    for answer in found:
        assert answer.query == "Who wrote it?" and 0 <= answer.score <= 1
        if answer.data is None:
            assert answer.document is None and answer.document_offset is None and answer.meta == {}
        else:
            assert held(answer) and answer.document in DOCUMENTS


def test_the_page_is_the_documents_and_one_more_for_each_form_feed(reader: TritonQAReader) -> None:
    for answer in reader.run("Who wrote the Foreword?", DOCUMENTS, no_answer=False)["answers"]:
        if answer.document is DOCUMENTS[0]:
            assert "answer_page_number" not in answer.meta
        else:
            after = answer.document_offset.start >= DOCUMENTS[1].content.index("\f")  # type: ignore[union-attr]
            assert answer.meta["answer_page_number"] == 7 + after


def test_a_page_number_that_is_none_gives_none(reader: TritonQAReader) -> None:
    for wrong in ("7", None, 7.0, True):
        document = Document(content="Ada wrote it.", meta={"page_number": wrong})
        assert all(answer.meta == {} for answer in reader.run("Who wrote it?", [document])["answers"])


def test_thresholds(reader: TritonQAReader) -> None:
    everything = reader.run("Who wrote it?", DOCUMENTS)["answers"]
    none = next(answer.score for answer in everything if answer.data is None)
    assert [
        a.data for a in reader.run("Who wrote it?", DOCUMENTS, no_answer_threshold=none / 2)["answers"]
    ] == [None]
    least = everything[1].score
    above = reader.run("Who wrote it?", DOCUMENTS, score_threshold=least)["answers"]
    assert above == [answer for answer in everything if answer.score >= least] and above != everything
    chosen = TritonQAReader(top_k=1, no_answer=False, model_kwargs=TOY)
    assert len(chosen.run("Who wrote it?", DOCUMENTS)["answers"]) == 1
    chosen.close()


def test_documents_without_text_are_left_out_with_a_warning(
    reader: TritonQAReader, caplog: pytest.LogCaptureFixture
) -> None:
    odd = [
        Document(id="none", content=None),
        Document(id="empty", content=""),
        Document(id="blank", content=" \n"),
        Document(id="broken", content="half \ud83d"),
    ]
    with caplog.at_level(logging.WARNING):
        with_odd = reader.run("Who wrote it?", [*odd, *DOCUMENTS])
    assert with_odd == reader.run("Who wrote it?", DOCUMENTS)
    assert all(one.id in caplog.text for one in odd)
    for nothing in (odd, [], None):
        assert reader.run("Who wrote it?", nothing) == {"answers": []}  # type: ignore[arg-type]


@pytest.mark.integration
def test_a_huge_document_is_read_to_its_end() -> None:
    reader = TritonQAReader(top_k=1, no_answer=False)
    document = Document(content="The engine was never built. " * 500 + "Ada Lovelace wrote the notes.")
    best = reader.run("Who wrote the notes?", [document])["answers"][0]
    assert held(best) == "Ada Lovelace" and best.document_offset.start > 10_000
    reader.close()


def test_the_same_text_from_several_stores_is_one_answer_with_all_places(reader: TritonQAReader) -> None:
    twice = [Document(id=name, content="Ada wrote it.", meta={"store": name}) for name in ("one", "other")]
    best = reader.run("Who wrote it?", twice, top_k=1, no_answer=False)["answers"][0]
    assert [place["document_id"] for place in best.meta["places"]] == ["one", "other"]
    json.dumps(best.to_dict())


def test_several_stores_in_one_pipeline(reader: TritonQAReader) -> None:
    pipeline = Pipeline()
    pipeline.add_component("reader", reader)
    pipeline.add_component("join", DocumentJoiner())
    for name, document in zip("ab", DOCUMENTS, strict=True):
        store = InMemoryDocumentStore()
        store.write_documents([document])
        pipeline.add_component(name, InMemoryBM25Retriever(store))
        pipeline.connect(name, "join")
    pipeline.connect("join.documents", "reader.documents")
    query = {"query": "Who built the engine that was written?"}
    answers = pipeline.run({"reader": query, "a": query, "b": query})["reader"]["answers"]
    assert {answer.document.id for answer in answers if answer.document} == {one.id for one in DOCUMENTS}


def test_async_is_the_same(reader: TritonQAReader) -> None:
    assert inspect.signature(reader.run) == inspect.signature(reader.run_async)

    async def many() -> list[dict[str, list[ExtractedAnswer]]]:
        await reader.warm_up_async()
        return list(await asyncio.gather(*(reader.run_async("Who wrote it?", DOCUMENTS) for _ in range(8))))

    assert asyncio.run(many()) == [reader.run("Who wrote it?", DOCUMENTS)] * 8
    asyncio.run(reader.close_async())


def test_closed_and_run_again(reader: TritonQAReader) -> None:
    reader.close()
    reader.warm_up()
    before = reader.run("Who wrote it?", DOCUMENTS)
    reader.close()
    reader.close()
    assert reader.run("Who wrote it?", DOCUMENTS) == before


def test_round_trip_keeps_secrets_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    reader = TritonQAReader(
        model="owner/name",
        triton_token=Secret.from_env_var("MY_TRITON"),
        top_k=3,
        score_threshold=0.2,
        no_answer=False,
        no_answer_threshold=0.4,
        model_kwargs={"windowing": {"max_length": 256}, "precision": "fp32"},
    )
    record = json.loads(json.dumps(reader.to_dict()))
    assert record["type"] == "haystack_integrations.components.readers.tritonqa.reader.TritonQAReader"
    assert "hf_secret" not in json.dumps(record)
    again = TritonQAReader.from_dict(record)
    assert again.to_dict() == reader.to_dict() and again.triton_token == reader.triton_token
    pipeline = Pipeline()
    pipeline.add_component("reader", reader)
    assert Pipeline.loads(pipeline.dumps()).to_dict() == pipeline.to_dict()
    with pytest.raises(ValueError, match="[Cc]annot serialize token-based secret"):
        TritonQAReader(token=Secret.from_token("hf_secret")).to_dict()


def test_the_hubs_token_is_not_shown_to_a_triton(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.delenv("TRITONQA_TOKEN", raising=False)
    seen: dict[str, object] = {}

    def load(name: str, **options: object) -> None:
        seen.update(options)
        raise Unavailable("not here")

    monkeypatch.setattr("tritonqa.Reader.load", load)
    with pytest.raises(Unavailable):
        TritonQAReader("grpc://localhost:1").warm_up()
    assert seen == {}
    with pytest.raises(Unavailable):
        TritonQAReader("grpc://localhost:1", triton_token=Secret.from_token("t")).warm_up()
    assert "hf_secret" not in repr(seen) and "Bearer t" in repr(seen)
    with pytest.raises(Unavailable):
        TritonQAReader("owner/name").warm_up()
    assert seen["token"] == "hf_secret"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"top_k": 0}, "top_k must be"),
        ({"no_answer_threshold": 2}, "no_answer_threshold must be"),
        ({"score_threshold": -1}, "score_threshold must be"),
        ({"no_answer": "yes"}, "no_answer must be True or False"),
        ({"model_kwargs": {"device": 0}}, "known are engine, precision, windowing"),
        ({"model_kwargs": {"windowing": {"size": 3}}}, "does not fit Windowing"),
    ],
)
def test_bad_parameters_are_refused_by_name(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        TritonQAReader(**wrong)  # type: ignore[arg-type]


def test_bad_input_is_one_sentence(reader: TritonQAReader) -> None:
    with pytest.raises(InputError, match="question is empty"):
        reader.run(" ", DOCUMENTS)
    with pytest.raises(InputError, match=r"documents\[1\] must be a Document, not str"):
        reader.run("Who?", [DOCUMENTS[0], "text"])  # type: ignore[list-item]
    with pytest.raises(InputError, match="top_k must be"):
        reader.run("Who?", DOCUMENTS, top_k=-1)
    with pytest.raises(TritonQAError, match="no reader named 'nowhere'"):
        TritonQAReader("nowhere").run("Who?", DOCUMENTS)
    with pytest.raises(ValueError, match="MY_SECRET"):
        TritonQAReader("grpc://localhost:1", triton_token=Secret.from_env_var("MY_SECRET")).warm_up()
