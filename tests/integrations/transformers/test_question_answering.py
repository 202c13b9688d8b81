from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa import pipeline
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.errors import BundleError, InputError, Unavailable
from tritonqa.integrations.transformers import Options, QuestionAnsweringPipeline
from tritonqa.reader.in_process import InProcess

TEXT = "The library opened in 1895. Its 40 reading rooms hold over 2,000 manuscripts."
ROOMS = "How many reading rooms are there?"


@pytest.fixture(scope="module")
def pipe() -> Iterator[QuestionAnsweringPipeline]:
    with pipeline("question-answering") as opened:
        yield opened


@pytest.fixture
def toy() -> Iterator[QuestionAnsweringPipeline]:
    with QuestionAnsweringPipeline(InProcess(byte_tokenizer(), ToyEngine()), Options()) as opened:
        yield opened


def test_the_packaged_reader_answers(pipe: QuestionAnsweringPipeline) -> None:
    found = pipe(question=ROOMS, context=TEXT)
    assert list(found) == ["score", "start", "end", "answer"]
    assert TEXT[found["start"] : found["end"]] == found["answer"] == "40"
    sure = pipe(question="When did the library open?", context=TEXT)
    assert sure["answer"] == "1895" and 0.5 < sure["score"] <= 1
    asked = pipe(question=["Where does the king live?", ROOMS], context=TEXT, handle_impossible_answer=True)
    assert [answer["answer"] for answer in asked] == ["", "40"]


def test_options_at_construction_give_way_to_the_call() -> None:
    with pipeline("question-answering", top_k=3, max_answer_len=2) as pipe:
        assert len(pipe(ROOMS, TEXT)) == 3
        assert isinstance(pipe(ROOMS, TEXT, top_k=1), dict)
        assert len(pipe(ROOMS, TEXT, top_k=2)) == 2
        assert len(pipe(ROOMS, TEXT)) == 3


def test_a_long_document(pipe: QuestionAnsweringPipeline) -> None:
    document = "The sky is blue over the sea. " * 400 + "The password of the vault is kestrel. "
    found = pipe("What is the password of the vault?", document)
    assert found["answer"] == "kestrel" and found["start"] > 12_000


def test_a_generator_is_read_as_it_is_answered(toy: QuestionAnsweringPipeline) -> None:
    read = 0

    def asks() -> Iterator[dict[str, str]]:
        nonlocal read
        for i in range(1000):
            read += 1
            yield {"question": "blue", "context": f"red blue {i}"}

    stream = toy(asks())
    next(stream)
    assert read < 50
    stream.close()


def test_a_set_that_is_only_iterated_is_read_as_it_is_answered(toy: QuestionAnsweringPipeline) -> None:
    class Stream:
        read = 0

        def __iter__(self) -> Iterator[dict[str, str]]:
            while True:
                self.read += 1
                yield {"question": "blue", "context": "The sky is blue."}

    given = Stream()
    answers = toy(given)
    assert next(answers)["answer"] and next(answers)["answer"]
    assert given.read < 1000
    answers.close()


def test_an_error_in_a_generator_comes_at_its_place(toy: QuestionAnsweringPipeline) -> None:
    stream = toy({"question": "blue", "context": context} for context in ("red blue", "", "red"))
    assert next(stream)["answer"]
    with pytest.raises(InputError, match=r"inputs\[1\]\.context is empty"):
        next(stream)


def test_a_dataset_by_index_is_a_stream(toy: QuestionAnsweringPipeline) -> None:
    class Rows:
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> dict[str, str]:
            return {"id": str(index), "question": "blue", "context": f"red blue {index}"}

    assert len(list(toy(Rows()))) == 3


def test_a_dictionary_of_questions_on_one_context(toy: QuestionAnsweringPipeline) -> None:
    found = toy({"question": ["blue", "red"], "context": "red blue green"})
    assert found == [toy("blue", "red blue green"), toy("red", "red blue green")]


@pytest.mark.parametrize(
    ("inputs", "given", "message"),
    [
        ((), {"question": ["q"], "context": [" ", "x"]}, "question holds 1 texts and context 2"),
        (({"question": "q"},), {}, "context is missing"),
        (
            ([{"question": "q", "context": "x"}, {"question": 3, "context": "x"}],),
            {},
            r"inputs\[1\]\.question",
        ),
        (([{"question": ["q"], "context": "x"}] * 2,), {}, r"inputs\[0\]\.question is a list"),
        (("q",), {"context": "x"}, "can't stand beside"),
        (("q", "a\ud800"), {}, "context holds a lone surrogate at character 1"),
        ((), {"question": ["q", ""], "context": "x"}, r"question\[1\] is empty"),
        ((4.5,), {}, "inputs can't be a lone float"),
        ((iter([{"question": "q", "context": "x"}]),), {"doc_stride": 400}, "doc_stride"),
    ],
)
def test_bad_input_names_the_field(
    toy: QuestionAnsweringPipeline, inputs: Any, given: Any, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        toy(*inputs, **given)


def test_a_question_too_long_loses_its_end_with_a_warning(toy: QuestionAnsweringPipeline) -> None:
    with pytest.warns(UserWarning, match="longer than its window"):
        assert toy("what " * 1000, "red blue")["answer"]
    toy("what " * 1000, "red blue", max_question_len=10)


def test_max_question_len_cuts(toy: QuestionAnsweringPipeline) -> None:
    context = "red one blue two green three"
    assert toy("red blue", context, max_question_len=3) == toy("red", context)


def test_other_tasks_readers_and_options_are_refused() -> None:
    with pytest.raises(InputError, match="task 'summarization' is unknown; there is 'question-answering'"):
        pipeline("summarization")
    with pytest.raises(InputError, match="sends answers, and the pipeline's scores are made of logits"):
        pipeline("question-answering", model="grpc://localhost:8001")
    with pytest.raises(InputError, match="model must be the name or folder of a reader, not a ToyEngine"):
        pipeline("question-answering", model=ToyEngine())  # type: ignore[arg-type]
    with pytest.raises(BundleError, match="no reader named"):
        pipeline("question-answering", model="nowhere")
    with pytest.raises(InputError, match="option tokenizer is unknown: a reader holds its own tokenizer"):
        pipeline("question-answering", tokenizer="x")  # type: ignore[call-arg]


def test_closed(toy: QuestionAnsweringPipeline) -> None:
    toy.close()
    with pytest.raises(Unavailable):
        toy("blue", "red blue")
