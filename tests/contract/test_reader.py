from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tritonqa import Answers, AsyncReader, Reader
from tritonqa.datasets import load_squad
from tritonqa.errors import BundleError, InputError, Unavailable

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
SCRIPTS = [
    "👩‍👩‍👧‍👦 love 🤗.",
    "في بغداد ولد ابن سينا",
    "東京は日本の首都です。",
    "e\u0301te\u0301 d'Annecy",
    "a\x00b\ufeff c",
]


@settings(max_examples=80)
@given(TEXT.filter(str.strip), st.lists(TEXT, min_size=1, max_size=3), st.integers(1, 5))
def test_offset_law_on_any_text(toy: Reader, question: str, passages: list[str], top_k: int) -> None:
    if not any(passage.strip() for passage in passages):
        passages = [*passages, "text"]
    check(toy.ask(question, passages, top_k=top_k, no_answer_threshold=1.0), passages, top_k)


@settings(max_examples=30)
@given(TEXT.filter(str.strip), TEXT.filter(str.strip))
def test_offset_law_of_the_packaged_reader(reader: Reader, question: str, passage: str) -> None:
    check(reader.ask(question, passage, top_k=3, no_answer_threshold=1.0), [passage], 3)


@pytest.mark.parametrize("passage", SCRIPTS)
def test_scripts(any_reader: Reader, passage: str) -> None:
    answers = any_reader.ask("Where?", passage, no_answer_threshold=1.0)
    assert answers
    check(answers, [passage], 1)


def check(answers: Answers, passages: list[str], top_k: int) -> None:
    assert len(answers) <= top_k and 0 <= answers.no_answer <= 1
    taken: list[tuple[int, int, int]] = []
    for answer in answers:
        assert passages[answer.passage][answer.start : answer.end] == answer.text != ""
        assert 0 <= answer.score <= 1
        taken.append((answer.passage, answer.start, answer.end))
    assert len(set(taken)) == len(taken)
    assert [a.score for a in answers] == sorted((a.score for a in answers), reverse=True)


@pytest.mark.parametrize(
    ("question", "passages", "field"),
    [
        ("", "x", "question is empty"),
        (" \n", "x", "question is empty"),
        (None, "x", "question must be text"),
        ("q", None, "passages must be a text or a sequence"),
        ("q", b"x", "passages must be a text or a sequence"),
        ("q", [], "passages is empty"),
        ("q", ["", " "], "passages hold no text"),
        ("q", ["x", 3], r"passages\[1\] must be text"),
        ("q", "a\ud800b", r"passages\[0\] holds a lone surrogate at character 1"),
    ],
)
def test_bad_input_names_the_field(any_reader: Reader, question: str, passages: str, field: str) -> None:
    with pytest.raises(InputError, match=field):
        any_reader.ask(question, passages)


@pytest.mark.parametrize("change", [{"top_k": 0}, {"no_answer_threshold": 2.0}, {"answerable_prior": 1.0}])
def test_bad_options_name_the_field(any_reader: Reader, change: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(change))):
        any_reader.ask("q", "x", **change)  # type: ignore[arg-type]


def test_seed(reader: Reader, seed: object) -> None:
    context, questions = seed.CONTEXT, seed.QUESTIONS  # type: ignore[attr-defined]
    wanted = ["over 32+", "general-purpose architectures", "TensorFlow 2.0 and PyTorch"]
    for question, text in zip(questions, wanted, strict=True):
        answers = reader.ask(question, context)
        assert answers[0].text == text == context[answers[0].start : answers[0].end]
        assert answers.calibrated


def test_many_asks_are_answered_in_order_as_one_by_one(any_reader: Reader) -> None:
    asks = [
        (f"Who wrote part {i}?", [f"Part {i} was written by Ada.", "🤗 " * i + "Nobody."]) for i in range(12)
    ]
    alone = [any_reader.ask(*ask, top_k=2, no_answer_threshold=1.0) for ask in asks]
    for one, many in zip(alone, any_reader.ask_many(asks, top_k=2, no_answer_threshold=1.0), strict=True):
        assert one.question == many.question
        assert [(a.text, a.passage, a.start, a.end) for a in one] == [
            (a.text, a.passage, a.start, a.end) for a in many
        ]
        assert many.no_answer == pytest.approx(one.no_answer, abs=1e-3)


def test_await_gives_the_same(any_reader: Reader) -> None:
    async def ask() -> Answers:
        return await AsyncReader(any_reader.backend).ask("Who?", "By Ada.", no_answer_threshold=1.0)

    ours, theirs = any_reader.ask("Who?", "By Ada.", no_answer_threshold=1.0), asyncio.run(ask())
    assert [(a.text, a.start) for a in ours] == [(a.text, a.start) for a in theirs]


def test_sync_and_async_agree(data: Path, reader: Reader) -> None:
    examples = load_squad(data / "squad-heldout-sample.json.gz").examples[:20]
    asks = [(example.question, example.context) for example in examples]

    async def ask_all() -> list[Answers]:
        async with AsyncReader() as other:
            one = await other.ask(*asks[0])
            rest = [answers async for answers in other.ask_many(asks)]
            assert one.items[:1] == rest[0].items[:1]
            return rest

    for ours, theirs in zip(reader.ask_many(asks), asyncio.run(ask_all()), strict=True):
        assert [(a.text, a.start) for a in ours] == [(a.text, a.start) for a in theirs]
        assert abs(ours.no_answer - theirs.no_answer) < 1e-3


def test_long_and_many(reader: Reader) -> None:
    document = "The sky is blue over the sea. " * 2000 + "The password of the vault is kestrel. "
    answers = reader.ask("What is the password of the vault?", document)
    assert answers[0].text == "kestrel"
    passages = ["Nothing is here."] * 200 + ["", "The password of the vault is kestrel."]
    assert reader.ask("What is the password of the vault?", passages)[0].passage == 201
    assert reader.ask("what " * 10_000 + "?", "A text.", no_answer_threshold=1.0).question_cut


def test_top_k_gives_as_many_as_exist(toy: Reader) -> None:
    answers = toy.ask("blue", "red blue green", top_k=1000, no_answer_threshold=1.0)
    assert 2 <= len(answers) <= 14
    assert toy.ask("blue", "red blue green", top_k=10**30, no_answer_threshold=1.0) == answers


def test_ask_many_reads_only_a_little_ahead(any_reader: Reader) -> None:
    read = 0

    def asks() -> object:
        nonlocal read
        for i in range(1000):
            read += 1
            yield "blue", f"red blue {i}"

    stream = any_reader.ask_many(asks())  # type: ignore[arg-type]
    next(stream)
    assert read <= any_reader.backend.lookahead + 2
    stream.close()


def test_a_closed_reader_says_so() -> None:
    reader = Reader.load("tritonqa-minilm", engine="toy")
    reader.close()
    with pytest.raises(Unavailable, match="closed"):
        reader.ask("Who?", "Ada.")

    async def ask_closed() -> None:
        awaited = AsyncReader.load("tritonqa-minilm", engine="toy")
        await awaited.close()
        await awaited.ask("Who?", "Ada.")

    with pytest.raises(Unavailable, match="closed"):
        asyncio.run(ask_closed())


@pytest.mark.parametrize("row", [{"question": "Who?", "passages": "Ada."}, "ab", ("Who?",), 3])
def test_what_is_no_pair_is_refused(any_reader: Reader, row: object) -> None:
    with pytest.raises(InputError, match="must be a pair"):
        list(any_reader.ask_many([row]))  # type: ignore[list-item]


@pytest.mark.parametrize("face", [Reader, AsyncReader])
def test_a_name_is_loaded_and_nothing_else_is_one(face: type[Reader] | type[AsyncReader]) -> None:
    with pytest.raises(InputError, match=rf"backend must be .* {face.__name__}\.load"):
        face("tritonqa-minilm")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="name must be text or a path, not int"):
        face.load(3)  # type: ignore[arg-type]
    with pytest.raises(BundleError, match="no reader named"):
        face.load("x" * 5000)
