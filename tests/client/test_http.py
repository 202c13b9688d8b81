from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.support.wait import PATIENCE, eventually
from tritonqa.client.address import Address
from tritonqa.client.http import CONNECTIONS, HttpClient
from tritonqa.errors import Timeout, Unavailable
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.tensors import texts

CALL = Call("reader", {"text": texts(["x"])}, ("text",))


@pytest.fixture
def silent() -> Iterator[HttpClient]:
    """Ask a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        client = HttpClient(Address("http", "127.0.0.1", server.getsockname()[1]))
        yield client
        client.close()


def test_what_waits_for_a_connection_waits_no_longer_than_its_time(silent: HttpClient) -> None:
    told: list[Tensors | Exception] = []
    for _ in range(4 * CONNECTIONS):
        silent.send(CALL, told.append, timeout=1.0)
    eventually(lambda: len(told) == 4 * CONNECTIONS)
    assert {type(one) for one in told} <= {Timeout, *Timeout.__subclasses__()}
    queued = [one for one in told if type(one) is Timeout]
    assert len(queued) >= 2 * CONNECTIONS, "those behind the first two rounds were never sent"


def test_a_server_that_is_full_can_be_asked_how_it_is(silent: HttpClient) -> None:
    for _ in range(2 * CONNECTIONS):
        silent.send(CALL, lambda found: None, timeout=5.0)
    with pytest.raises(Timeout) as caught:
        silent.ready(2.0)
    assert type(caught.value) is not Timeout, "it was asked, and is silent"


def test_what_waits_when_all_is_closed_is_told() -> None:
    told: list[Tensors | Exception] = []
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        client = HttpClient(Address("http", "127.0.0.1", server.getsockname()[1]))
        for _ in range(CONNECTIONS + 3):
            client.send(CALL, told.append, timeout=PATIENCE)
        closing = threading.Thread(target=client.close)
        closing.start()
        eventually(lambda: len(told) == 3)
        assert all(isinstance(one, Unavailable) for one in told)
    closing.join()  # the server is gone, so those under way end, too
    assert len(told) == CONNECTIONS + 3
