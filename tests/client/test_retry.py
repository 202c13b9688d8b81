from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest

from tests.support.wait import PATIENCE
from tritonqa.client.base import Cancel, Client, Reply, Silence
from tritonqa.client.retry import Attempts, RetriedCall, RetryingClient
from tritonqa.errors import EngineError, Overloaded, Timeout, TritonQAError, Unavailable
from tritonqa.protocol.call import Call, Tensors
from tritonqa.protocol.tensors import texts

CALL = Call("reader", {}, ("text",))
SENT: Tensors = {"text": texts(["words"])}


class Failing(Client):
    """Fails with each of the errors in turn, then answers; counts the calls."""

    def __init__(self, *errors: TritonQAError) -> None:
        self.errors, self.calls = list(errors), 0

    def infer(self, call: Call, timeout: float | None = None) -> Tensors:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return SENT

    def send(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        try:
            reply(self.infer(call, timeout))
        except TritonQAError as error:
            reply(error)
        return lambda: None

    def config(self, model: str) -> dict[str, Any]:
        return {}

    def version(self) -> str:
        return ""

    def ready(self, timeout: float) -> bool:
        return True

    def close(self) -> None:
        self.errors = [Unavailable("closed")] * 9


Send = Callable[[RetryingClient], Tensors]


@pytest.fixture(params=["infer", "submit"])
def send(request: pytest.FixtureRequest) -> Send:
    if request.param == "infer":
        return lambda client: client.infer(CALL)
    return lambda client: client.submit(CALL).result(PATIENCE)


@pytest.mark.parametrize("error", [Unavailable("down"), Overloaded("full"), Silence("dead")])
def test_what_was_lost_or_refused_is_sent_again(send: Send, error: TritonQAError) -> None:
    client = Failing(error, error)
    assert send(RetryingClient(client, 2, 10.0)) is SENT
    assert client.calls == 3


@pytest.mark.parametrize("error", [EngineError("broken"), Timeout("late")])
def test_what_would_fail_again_is_not(send: Send, error: TritonQAError) -> None:
    client = Failing(error)
    with pytest.raises(type(error)):
        send(RetryingClient(client, 2, 10.0))
    assert client.calls == 1


def test_tries_end(send: Send) -> None:
    client = Failing(*[Unavailable("down")] * 3)
    with pytest.raises(Unavailable):
        send(RetryingClient(client, 1, 10.0))
    assert client.calls == 2


def test_no_try_begins_after_the_time_is_up(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tritonqa.client.retry._FIRST_PAUSE", 3 * PATIENCE)
    client = Failing(*[Unavailable("down")] * 9)
    with pytest.raises(Unavailable):
        send(RetryingClient(client, 8, PATIENCE))
    assert client.calls == 1


def test_a_closed_client_is_not_tried_again() -> None:
    client = Failing()
    retrying = RetryingClient(client, 8, 10.0)
    retrying.close()
    with pytest.raises(Unavailable):
        retrying.infer(CALL)
    assert client.calls == 1


class Silent(Failing):
    """Never answers; keeps the replies and counts what is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: list[Reply] = []
        self.cancelled = 0

    def send(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        self.replies.append(reply)
        return self.cancel

    def cancel(self) -> None:
        self.cancelled += 1


def test_a_call_that_is_cancelled_is_cancelled_below_and_not_sent_again() -> None:
    client = Silent()
    future = RetryingClient(client, 8, 10.0).submit(CALL)
    assert future.cancel() and client.cancelled == 1
    before = set(threading.enumerate())
    client.replies[0](Unavailable("the call was cancelled"))
    assert future.cancelled()
    assert not [
        thread for thread in set(threading.enumerate()) - before if isinstance(thread, threading.Timer)
    ]


def test_a_call_that_is_cancelled_in_a_pause_is_not_sent_again() -> None:
    client, told = Silent(), list[object]()
    retried = RetriedCall(client.send, CALL, told.append, Attempts(8, monotonic() + 10.0))
    retried.cancel()
    retried.send()
    assert not client.replies and not told


def test_a_try_has_a_part_of_the_time_until_one_met_a_silence() -> None:
    attempts = Attempts(8, monotonic() + 1000.0, 0.75)
    assert attempts.seconds_left() == pytest.approx(750, rel=0.1)
    assert attempts.pause_after(Overloaded("full")) is not None
    assert attempts.seconds_left() == pytest.approx(750, rel=0.1)
    assert attempts.pause_after(Silence("dead")) is not None
    assert attempts.seconds_left() == pytest.approx(1000, rel=0.1)


@pytest.mark.parametrize("retries", [0, 1])
def test_the_last_try_has_all_that_is_left(retries: int) -> None:
    attempts = Attempts(retries, monotonic() + 1000.0, 0.75)
    for _ in range(retries):
        assert attempts.pause_after(Unavailable("down")) is not None
    assert attempts.seconds_left() == pytest.approx(1000, rel=0.1)
    assert attempts.pause_after(Silence("dead")) is None
