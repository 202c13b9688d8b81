"""Fields of protobuf messages, read and written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.engine.protobuf import BYTES, fields, written


@given(st.lists(st.tuples(st.integers(1, 2**29 - 1), st.binary(max_size=300)), max_size=8))
def test_what_is_written_is_read_back(pairs: list[tuple[int, bytes]]) -> None:
    data = b"".join(written(number, value) for number, value in pairs)
    found = list(fields(data, 0, len(data)))
    assert [(field.number, data[field.start : field.stop]) for field in found] == pairs
    assert b"".join(data[field.at : field.stop] for field in found) == data
    assert all(field.wire == BYTES for field in found)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        assert all(field.stop <= len(data) for field in fields(data, 0, len(data)))
    except ValueError as error:
        assert "byte" in str(error)


def test_a_field_that_is_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after its message"):
        list(fields(b"\x0a\x05ab", 0, 4))
