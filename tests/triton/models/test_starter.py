"""Asks on the toy reader: known ones cost nothing, and those of a request start together or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.errors import InputError
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.reader.in_process import InProcess
from tritonqa.text import Ask
from tritonqa.triton.models.cache import Cache
from tritonqa.triton.models.starter import Starter

ASK = Ask.of("Who wrote it?", "It was written by Ada.")


@pytest.fixture
def reader() -> Iterator[InProcess]:
    found = InProcess.of(find_bundle(PACKAGED), ToyEngine(), max_waiting=64)
    yield found
    found.close()


def test_an_equal_ask_is_answered_from_the_cache(reader: InProcess) -> None:
    told: list[str] = []
    starter = Starter(reader, Cache(), lambda stream: False, lambda: told.append("cached"))
    first = starter.start("", [ASK], reader.decoding, 30.0).result(30)
    assert not told
    second = starter.start("", [ASK, ASK], reader.decoding, 30.0).result(30)
    assert second == first * 2 and told == ["cached"] * 2


def test_the_asks_of_a_cancelled_stream_are_not_started(reader: InProcess) -> None:
    starter = Starter(reader, None, lambda stream: stream == "gone", lambda: None)
    with pytest.raises(CancelledError):
        starter.start("gone", [ASK], reader.decoding, 30.0)
    assert starter.start("other", [ASK], reader.decoding, 30.0).result(30)


def test_more_asks_than_may_ever_wait_are_an_input_error(reader: InProcess) -> None:
    starter = Starter(reader, None, lambda stream: False, lambda: None)
    long = Ask.of("Who wrote it?", [f"It was written by Ada in {i}. " * 400 for i in range(8)])
    with pytest.raises(InputError, match="question: 8 need more windows than may wait"):
        starter.start("", [long] * 8, reader.decoding, 30.0)
