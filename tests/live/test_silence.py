"""Connections that a load balancer or NAT dropped in silence: asks go over new ones, within their time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from tests.support.serving import ANSWER, PASSAGE, QUESTION
from tests.support.silent_proxy import SilentProxy, silent_proxy
from tests.support.wait import eventually
from tritonqa import Reader
from tritonqa.client import Connection
from tritonqa.errors import Timeout
from tritonqa.triton.server.server import Server

TIMEOUT = 16.0  # seconds, three quarters of which an ask on a dropped connection takes at most


@pytest.fixture(params=["grpc", "http"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def proxy(server: Server, protocol: str) -> Iterator[SilentProxy]:
    with silent_proxy(getattr(server, protocol).port) as proxy:
        yield proxy


@pytest.fixture
def url(protocol: str, proxy: SilentProxy) -> str:
    return f"{protocol}://127.0.0.1:{proxy.port}"


def test_an_ask_goes_over_another_connection_within_its_time(proxy: SilentProxy, url: str) -> None:
    with Reader.load(url, connection=Connection(timeout=TIMEOUT)) as reader:
        assert reader.ask(QUESTION, PASSAGE)[0].text == ANSWER
        known = proxy.connections
        proxy.drop()
        assert reader.ask(QUESTION, PASSAGE)[0].text == ANSWER
        assert proxy.connections == known + 1
        assert reader.ask(QUESTION, PASSAGE)[0].text == ANSWER


def test_many_asks_that_are_under_way_go_over_others(proxy: SilentProxy, url: str) -> None:
    asks = [(QUESTION, f"It was written by Ada in {1000 + i}.") for i in range(200)]
    with Reader.load(url, connection=Connection(timeout=TIMEOUT)) as reader:
        stream = reader.ask_many(asks)
        found = list(islice(stream, 20))
        proxy.drop()
        found += stream
    assert [answers[0].text for answers in found] == [ANSWER] * len(asks)


def test_asks_that_are_sent_once_do_not_time_out_for_ever(proxy: SilentProxy, url: str) -> None:
    def is_answered() -> bool:
        try:
            return reader.ask(QUESTION, PASSAGE)[0].text == ANSWER
        except Timeout as error:
            assert "gave no answer in time" in str(error)
            return False

    with Reader.load(url, connection=Connection(timeout=4, retries=0)) as reader:
        eventually(is_answered)
        proxy.drop()
        assert not is_answered()
        eventually(is_answered)
