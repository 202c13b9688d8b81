from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tritonqa import Answers, Reader
from tritonqa.answers import Place
from tritonqa.answers.wordless import is_wordless
from tritonqa.errors import InputError
from tritonqa.text import Passage

TEXT = (
    "The library opened in 1895. Its 40 reading rooms hold over 2,000 manuscripts, "
    "and Ada Byron led it for years."
)
ASK = "How many reading rooms are there?"


@pytest.fixture(scope="module")
def packaged() -> Reader:
    return Reader()


def test_a_text_given_three_times_is_one_answer(packaged: Reader) -> None:
    (once,) = packaged.ask(ASK, TEXT)
    (thrice,) = packaged.ask(ASK, [TEXT, "Nothing of it.", TEXT, TEXT], top_k=1)
    assert thrice.text == once.text and thrice.score == pytest.approx(once.score, abs=0.02)
    assert thrice.places == tuple(Place(i, once.start, once.end) for i in (0, 2, 3))
    assert thrice.passage == 0 and once.places == ()


def test_chunks_that_overlap_do_not_fill_the_ranks_with_the_same_words(packaged: Reader) -> None:
    chunks = [TEXT[:80], TEXT[10:95], TEXT[5:]]
    answers = packaged.ask(ASK, chunks, top_k=3, no_answer_threshold=1.0)
    assert len({answer.text for answer in answers}) == len(answers)
    assert len(answers[0].places) == 3 and answers[0].text == "40"
    for place in answers[0].places:
        assert chunks[place.passage][place.start : place.end] == "40"
    (alone,) = packaged.ask(ASK, TEXT[:95], no_answer_threshold=1.0)
    assert answers[0].score > 0.7 * alone.score


def test_the_same_words_elsewhere_are_other_evidence(packaged: Reader) -> None:
    passages = [
        "In 1895 the library opened its doors to all.",
        "The old bridge was finished in 1895 by Eiffel.",
    ]
    answers = packaged.ask("In which year?", passages, top_k=2, no_answer_threshold=1.0)
    assert [answer.places for answer in answers] == [(), ()]


WORDS = st.lists(
    st.sampled_from(["Ada", "led", "the", "library", "in", "1895", ".", "and", "Paris"]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS.map(" ".join), min_size=1, max_size=5), st.integers(1, 4), st.booleans())
def test_every_place_holds_the_words(toy: Reader, passages: list[str], top_k: int, each: bool) -> None:
    answers = toy.ask("Who led it?", passages, top_k=top_k, per_passage=each, no_answer_threshold=1.0)
    for answer in answers:
        assert passages[answer.passage][answer.start : answer.end] == answer.text
        assert not is_wordless(answer.text)
        begin = answer.context_start
        assert passages[answer.passage][begin : begin + len(answer.context)] == answer.context
        assert answer.text in answer.context
        for place in answer.places:
            assert passages[place.passage][place.start : place.end] == answer.text
    assert [a.score for a in answers] == sorted((a.score for a in answers), reverse=True)
    if each:
        assert len({a.passage for a in answers}) == len(answers)


def test_the_best_of_each_passage(packaged: Reader) -> None:
    passages = [TEXT, "The annex has 7 reading rooms.", "", "No rooms here, only a garden."]
    answers = packaged.ask(ASK, passages, per_passage=True, no_answer_threshold=1.0)
    assert sorted(answer.passage for answer in answers) == [0, 1, 3]
    assert {answer.text for answer in answers} >= {"40", "7"}


def test_a_least_score(packaged: Reader) -> None:
    answers = packaged.ask(ASK, TEXT, top_k=5, no_answer_threshold=1.0)
    least = answers[1].score
    assert len(packaged.ask(ASK, TEXT, top_k=5, no_answer_threshold=1.0, min_score=least)) == 2


@pytest.mark.parametrize(
    ("text", "wordless"),
    [
        (".", True),
        (" – ", True),
        ("the", True),
        ("A", False),
        ("🤗", False),
        ("7", False),
        ("٪", True),
        ("€", False),
    ],
)
def test_wordless(text: str, wordless: bool) -> None:
    assert is_wordless(text) is wordless


@pytest.mark.parametrize(
    "passages",
    [
        [Passage(TEXT, "a7", {"page": 3})],
        {"text": TEXT, "id": "a7", "meta": {"page": 3}},
        ["Nothing.", {"text": TEXT, "id": "a7", "meta": {"page": 3}}],
    ],
)
def test_a_passage_gives_back_its_id_and_metadata(packaged: Reader, passages: Any) -> None:
    answers = packaged.ask(ASK, passages)
    assert answers[0].id == "a7" and answers[0].meta == {"page": 3}
    assert Answers.from_dict(json.loads(json.dumps(answers.to_dict()))) == answers
    (streamed,) = packaged.ask_many([(ASK, passages)])
    assert streamed == answers


@pytest.mark.parametrize(
    ("passages", "message"),
    [
        ({"text": TEXT, "uri": "x"}, r"passages\[0\] has a key 'uri'; known are text, id, meta"),
        ({"id": 7}, r"passages\[0\].text must be text"),
        (7, "passages must be a text or a sequence of texts"),
    ],
)
def test_passages_of_another_form_are_refused(toy: Reader, passages: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        toy.ask("Who?", passages)


def test_arrays_and_generators_are_passages(toy: Reader) -> None:
    texts = ["Ada led it.", "Grace led it."]
    expected = toy.ask("Who led it?", texts)
    assert toy.ask(np.str_("Who led it?"), np.array(texts, object)) == expected
    assert toy.ask("Who led it?", (text for text in texts)) == expected


def test_no_answer_says_so(toy: Reader) -> None:
    answers = Answers("Who?", (), 0.75)
    with pytest.raises(IndexError, match=r"no answer: the passages hold none with a probability of 0.75"):
        answers[0]
    assert answers[:1] == ()


def test_an_unknown_option_lists_those_known(toy: Reader, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="option 'topk' is unknown; the options of an ask are top_k, max"):
        toy.ask("Who?", "Ada.", topk=3)  # type: ignore[call-arg]
