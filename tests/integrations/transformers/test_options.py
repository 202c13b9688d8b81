from __future__ import annotations

from typing import Any

import pytest

from tritonqa import Windowing
from tritonqa.errors import InputError
from tritonqa.integrations.transformers import Options


@pytest.mark.parametrize(
    ("options", "longest", "windowing"),
    [
        ({}, 384, Windowing(384, 128, 251)),
        ({}, 8192, Windowing(384, 128, 251)),
        ({}, 128, Windowing(128, 64, 59)),
        ({"max_seq_len": 100}, 384, Windowing(100, 50, 45)),
        ({"max_seq_len": 512, "doc_stride": 0}, 384, Windowing(512, 0, 507)),
        ({"max_question_len": 5}, 384, Windowing(384, 128, 5)),
        ({"max_question_len": 400}, 384, Windowing(384, 128, 251)),
    ],
)
def test_windowing(options: Any, longest: int, windowing: Windowing) -> None:
    assert Options(**options).windowing(longest) == windowing


@pytest.mark.parametrize("options", [{"doc_stride": 379}, {"doc_stride": 500}, {"max_seq_len": 6}])
def test_a_stride_that_leaves_no_room(options: Any) -> None:
    with pytest.raises(InputError, match="doc_stride .* must be at least 6 below max_seq_len"):
        Options(**options).windowing(384)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("top_k", 0),
        ("top_k", 1.5),
        ("top_k", "2"),
        ("top_k", True),
        ("max_answer_len", 0),
        ("batch_size", 0),
        ("doc_stride", -1),
        ("max_seq_len", 0),
        ("max_question_len", 0),
        ("align_to_words", "no"),
        ("handle_impossible_answer", 1),
    ],
)
def test_a_bad_value_names_its_option(name: str, value: object) -> None:
    with pytest.raises(InputError, match=f"^{name} must be .*, not {value!r}$"):
        Options().changed({name: value})  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("topk", "say top_k"),
        ("device", "the engine decides"),
        ("trust_remote_code", "a checkpoint's own code is never run; leave it out"),
        ("model_kwargs", "no model of PyTorch is made here; leave it out, or give engine= and precision="),
        ("use_auth_token", "give token= instead"),
        ("topp", "there are align_to_words, batch_size"),
    ],
)
def test_an_unknown_option_says_what_to_do(name: str, remedy: str) -> None:
    with pytest.raises(InputError, match=f"option {name} is unknown: {remedy}"):
        Options().changed({name: 1})  # type: ignore[misc]


def test_none_leaves_an_option_as_it_is() -> None:
    assert Options(top_k=3).changed({"top_k": None, "max_answer_len": 5}) == Options(
        top_k=3, max_answer_len=5
    )


@pytest.mark.parametrize(
    "given",
    [
        {"trust_remote_code": False},
        {"model_kwargs": {}},
        {"torch_dtype": "auto"},
        {"device": None},
        {"use_fast": True},
    ],
)
def test_what_is_done_anyway_is_taken(given: dict[str, object]) -> None:
    assert Options().changed(given) == Options()  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [{"device": 0}, {"use_fast": False}, {"model_kwargs": {"a": 1}}])
def test_what_is_asked_and_not_done_is_not(given: dict[str, object]) -> None:
    with pytest.raises(InputError, match="is unknown: "):
        Options().changed(given)  # type: ignore[arg-type]
