from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa import errors
from tritonqa.client.address import Address, is_address
from tritonqa.errors import EngineError, InputError, TritonQAError
from tritonqa.protocol.error_lines import from_line, to_line
from tritonqa.protocol.tensors import Array, datatype, pack, texts, unpack

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(TEXT, max_size=5))
def test_texts_survive_the_wire(values: list[str]) -> None:
    assert unpack(pack(texts(values)), "BYTES", [len(values)]).tolist() == values


@pytest.mark.parametrize("kind", [np.bool_, np.int32, np.int64, np.float16, np.float32])
def test_numbers_survive_the_wire(kind: type) -> None:
    array: Array = np.arange(6).astype(kind).reshape(2, 3)
    again = unpack(pack(array), datatype(array), array.shape)
    assert again.dtype == array.dtype and (again == array).all()


@given(st.binary(max_size=12), st.sampled_from(["BYTES", "FP32", "FP64"]), st.integers(0, 3))
def test_damaged_tensors_are_an_engine_error(raw: bytes, kind: str, count: int) -> None:
    try:
        assert unpack(raw, kind, [count]).shape == (count,)
    except EngineError as error:
        assert "can't be read" in str(error)


def test_every_error_survives_the_wire() -> None:
    for kind in (InputError, errors.Overloaded, errors.Timeout, errors.Unavailable, EngineError):
        again = from_line(to_line(kind("passages: no text")))
        assert type(again) is kind and str(again) == "passages: no text"
    assert isinstance(from_line(to_line(ZeroDivisionError("x"))), EngineError)
    assert isinstance(from_line("Exceeds maximum queue size"), errors.Overloaded)
    assert isinstance(from_line("unknown model"), EngineError)


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("grpc://host", "grpc://host:8001"),
        ("http://host/behind/", "http://host:8000/behind"),
        ("https://host", "https://host:443"),
        ("grpcs://[::1]:9", "grpcs://[::1]:9"),
    ],
)
def test_addresses(url: str, written: str) -> None:
    assert is_address(url) and str(Address.parse(url)) == written


@pytest.mark.parametrize(
    "url", ["ftp://host", "grpc://", "grpc://h/path", "http://u:p@h", "http://h:x", "http://h?x=1"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(InputError, match="write|no address"):
        Address.parse(url)


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_an_input_error(url: str) -> None:
    try:
        Address.parse(url)
    except TritonQAError as error:
        assert isinstance(error, InputError)
