from __future__ import annotations

import pickle
from collections.abc import Callable
from fractions import Fraction
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.checks import number, one_of, whole_number, whole_numbers
from tritonqa.client import Connection
from tritonqa.errors import DocumentError, InputError, MissingExtra
from tritonqa.export import ExportOptions, Quantisation
from tritonqa.features import Windowing
from tritonqa.integrations.transformers.options import Options
from tritonqa.spans import Decoding
from tritonqa.text import Ask
from tritonqa.train.options import Augmentation, Cropping, Optimisation, Recipe
from tritonqa.triton.repository.options import Limits, LogitsOptions, Models
from tritonqa.triton.server.options import Serving

WRONG: dict[Callable[..., Any], dict[str, tuple[Any, ...]]] = {
    Decoding: {
        "top_k": ("1", 1.0, True, 0, None),
        "max_answer_tokens": ([], 0),
        "no_answer_threshold": ("0.5", nan, 1.1, True, None),
        "answerable_prior": (0, 1, inf, "x"),
    },
    Connection: {
        "retries": (True, 1.5, "8", -1, None),
        "timeout": (True, "x", 0, inf, nan, None),
        "compression": ("gzip", 1),
        "ca": (7,),
        "headers": ("x",),
    },
    Serving: {
        "http_port": ("8000", 1.5, True, -1, 65_536),
        "drain_timeout": ("30", nan, -1),
        "start_timeout": (None, inf),
        "rate_limit": (0, "1", 1.5),
        "host": (7, None),
        "certificate": (7,),
    },
    Limits: {"waiting": ("8", 1.5, True, 0), "seconds": ("1", 0, 86_401), "question": (None, 0)},
    LogitsOptions: {
        "backend": ("abacus", 7),
        "accelerator": ("abacus",),
        "instances": ("2", 0, 1.5),
        "rate_limit": ("1", 0),
        "max_batch_size": (True, 0),
        "delay": (-1, 0.5),
    },
    Models: {
        "versions": (2.5, 0, "1"),
        "engine": ("abacus", 7),
        "precision": (7,),
        "warmup": ((4,), "32", (32.5,), 32),
        "cache": ("yes", 1),
        "limits": (8,),
        "logits": (True,),
    },
    Recipe: {
        "batch_tokens": ("x", 0, 1.5),
        "epochs": ("3", 0, inf, nan),
        "seed": (0.5,),
        "optimisation": ({},),
    },
    Optimisation: {"learning_rate": (0, inf, "x"), "clip": (-1, nan), "dropout": (1.5, None)},
    Augmentation: {"noise": (-0.1, "x")},
    Cropping: {"lengths": ((8,), 96, ("x",)), "whole": (2,)},
    ExportOptions: {
        "formats": ((), "onnx", 7),
        "max_length": ("384", 0),
        "max_f1_loss": ("1", nan, inf),
        "asks": (7,),
        "name": (7,),
        "compared": (0,),
    },
    Quantisation: {"asks": (0, "1"), "smooth": (1.5,), "mixed": (1,)},
    Options: {"top_k": ("1", 0), "align_to_words": ("no",), "doc_stride": (-1,), "max_seq_len": (0, 1.5)},
}
CASES = [
    (kind, name, value) for kind, names in WRONG.items() for name, values in names.items() for value in values
]


@pytest.mark.parametrize(
    ("kind", "name", "value"), CASES, ids=lambda part: getattr(part, "__name__", repr(part))
)
def test_every_options_class_names_the_field(kind: Callable[..., Any], name: str, value: object) -> None:
    with pytest.raises(InputError, match=rf"^{name} ") as raised:
        kind(**{name: value})
    assert raised.value.field == name


@pytest.mark.parametrize("value", ["384", 1.5, True, 0, None])
def test_windowing_names_itself_too(value: Any) -> None:
    with pytest.raises(InputError, match=r"^windowing\.max_length must be") as raised:
        Windowing(max_length=value)
    assert raised.value.field == "windowing.max_length"


def test_zero_is_a_stride() -> None:
    assert Windowing(stride=0).stride == 0
    with pytest.raises(InputError, match=r"^windowing\.stride must be at least 0, not -1$"):
        Windowing(stride=-1)


def test_numbers_of_numpy_are_numbers_and_become_pythons() -> None:
    limits = Limits(waiting=np.int32(8), seconds=np.float32(1.5))  # type: ignore[arg-type]
    assert limits == Limits(8, seconds=1.5)
    assert (type(limits.waiting), type(limits.seconds)) == (int, float)
    assert type(Windowing(max_length=np.int64(256)).max_length) is int  # type: ignore[arg-type]
    assert Models(warmup=[np.int64(32)]).warmup == (32,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "passages", "field"), [(7, "x", "question"), ("q", ["x", 7], "passages[1]")]
)
def test_asks_name_the_field(question: Any, passages: Any, field: str) -> None:
    with pytest.raises(InputError) as raised:
        Ask.of(question, passages)
    assert raised.value.field == field


def test_an_error_keeps_its_field_between_processes() -> None:
    error = pickle.loads(pickle.dumps(InputError("top_k must be at least 1, not 0", "top_k")))
    assert (str(error), error.field) == ("top_k must be at least 1, not 0", "top_k")
    assert InputError("give one of them").field is None
    lacking = pickle.loads(pickle.dumps(MissingExtra("torch", "torch")))
    assert str(lacking) == str(MissingExtra("torch", "torch")) and lacking.extra == "torch"
    damaged = DocumentError("is damaged", Path("x.pdf"))
    assert str(pickle.loads(pickle.dumps(damaged))) == str(damaged) == "x.pdf is damaged"


@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(-9, 9))
def test_whole_numbers_are_taken_from_least_to_most(least: int, most: int, value: int) -> None:
    if least <= value <= most:
        assert whole_number("n", value, least, most) == value
    else:
        with pytest.raises(InputError, match=rf"^n must be from {least} to {most}, not {value}$"):
            whole_number("n", value, least, most)


@given(st.floats(), st.floats(-2, 2), st.floats(-2, 2))
def test_numbers_lie_between_bounds_that_are_not_allowed(value: float, above: float, below: float) -> None:
    if above < value < below:
        assert number("x", value, above=above, below=below) == value
    else:
        with pytest.raises(InputError, match="^x must be between"):
            number("x", value, above=above, below=below)


@given(
    st.one_of(st.booleans(), st.none(), st.text(), st.complex_numbers(), st.binary(), st.lists(st.integers()))
)
def test_nothing_else_is_a_number(value: object) -> None:
    for check in (number, whole_number):
        with pytest.raises(InputError, match="^x must be a (whole )?number, not"):
            check("x", value)


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (
            lambda: number("t", "1", above=0, most=9, unit="seconds"),
            "t must be seconds above 0 and at most 9, not '1'",
        ),
        (lambda: number("t", -1, least=0, unit="seconds"), "t must be seconds of at least 0, not -1"),
        (lambda: number("t", inf), "t must be a finite number, not inf"),
        (lambda: number("t", 2.0, least=0, most=1), "t must be from 0 to 1, not 2.0"),
        (lambda: whole_number("n", 1.5, 1), "n must be a whole number of at least 1, not 1.5"),
        (
            lambda: whole_numbers("l", (3, 9), 8, "lengths in tokens"),
            "l must be lengths in tokens of at least 8, not 3",
        ),
        (
            lambda: one_of("format", "onyx", ("onnx", "torch")),
            "format 'onyx' is unknown; choose one of onnx, torch",
        ),
    ],
)
def test_messages_say_what_is_allowed(check: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as raised:
        check()
    assert str(raised.value) == message


def test_no_bound_and_an_infinite_one() -> None:
    assert number("clip", inf, least=0, most=inf) == inf
    assert number("x", Fraction(1, 2)) == 0.5
    assert ExportOptions(asks=Path("x")).asks == Path("x")
