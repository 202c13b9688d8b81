"""What a request says, read without a server: its inputs are a dictionary here."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.errors import InputError
from tritonqa.protocol.tensors import Array
from tritonqa.spans import Decoding
from tritonqa.text import Ask
from tritonqa.triton.models.requests import Inputs, read_asks, read_options, take_deadline
from tritonqa.triton.repository.options import Limits

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)


def inputs(**given: Any) -> Inputs:
    arrays: dict[str, Array] = {}
    for name, value in given.items():
        texts = all(isinstance(item, str | bytes) for item in value)
        rows = [item.encode() if isinstance(item, str) else item for item in value]
        arrays[name] = np.array(rows, object if texts else np.int32)
    return arrays.get


@given(st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=5))
def test_each_question_gets_its_own_passages(asks: list[tuple[str, list[str]]]) -> None:
    request = inputs(
        question=[question for question, _ in asks],
        passages=[text for _, passages in asks for text in passages],
        passage_counts=[len(passages) for _, passages in asks],
    )
    assert read_asks(request, Limits()) == [Ask.of(*ask) for ask in asks]


def test_one_question_has_all_passages() -> None:
    (ask,) = read_asks(inputs(question=["Who?"], passages=["Ada.", "Bob."]), Limits())
    assert ask == Ask.of("Who?", ["Ada.", "Bob."])


def test_a_batch_dimension_is_read_as_a_row() -> None:
    request = {"question": np.array([[b"Who?"]], object), "passages": np.array([[b"Ada.", b"Bob."]], object)}
    assert read_asks(request.get, Limits()) == [Ask.of("Who?", ["Ada.", "Bob."])]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"passages": ["x"]}, "question is missing"),
        ({"question": [], "passages": []}, "question is missing; give one or several"),
        ({"question": ["a"]}, "passages is missing"),
        ({"question": [b"\xff"], "passages": ["x"]}, "question is not UTF-8"),
        ({"question": ["a", "b"], "passages": ["x"]}, "question must be one text, not 2; passage_counts"),
        ({"question": ["a"], "passages": ["x"], "passage_counts": [2]}, "add up to 1 passages, not .2."),
        ({"question": ["a"], "passages": ["x"], "passage_counts": [-1, 2]}, "one for each question, 1"),
        ({"question": ["a" * 11], "passages": ["x"]}, "question has 11 characters; this server takes 10"),
        ({"question": ["a"], "passages": ["x"] * 3}, "passages are 3; this server takes 2"),
    ],
)
def test_what_can_not_be_asked_is_an_error_that_names_the_field(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_asks(inputs(**given), Limits(question=10, passages=2))


def test_options_come_from_parameters_and_from_the_input_which_counts_more() -> None:
    served = Decoding(max_answer_tokens=7)
    request = inputs(options=[json.dumps({"top_k": 3})])
    assert read_options(request, {"top_k": 2, "no_answer_threshold": 1.0}, served) == Decoding(
        top_k=3, no_answer_threshold=1.0, max_answer_tokens=7
    )
    assert read_options(inputs(), {}, served) is served


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "options must be a JSON object: "),
        ("[1]", r"options must be a JSON object, not \[1\]"),
        ("[" * 100_000, "options must be a JSON object: "),
        ('{"beams": 2}', "option beams is unknown; the options are "),
        ('{"top_k": 0}', "top_k must be"),
    ],
)
def test_odd_options_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_options(inputs(options=[text]), {}, Decoding())


@pytest.mark.parametrize(
    ("timeout", "given", "seconds"),
    [
        (0, {}, 30.0),
        (2_000_000, {}, 2.0),
        (90_000_000, {}, 30.0),
        (0, {"timeout": 500_000, "id": "a", "priority": 0}, 0.5),
    ],
)
def test_a_timeout_shortens_how_long_an_ask_may_wait(
    timeout: int, given: dict[str, Any], seconds: float
) -> None:
    assert take_deadline(timeout, given, 30.0) == seconds
    assert not given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"priority": 2}, "priority is not heeded: asks take turns"),
        ({"timeout": -1}, "timeout must be at least 0"),
        ({"timeout": "1"}, "timeout must be a whole number"),
    ],
)
def test_what_is_not_heeded_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        take_deadline(0, given, 30.0)
