"""The bookkeeping of a stream, on a transport that answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from math import inf
from queue import SimpleQueue
from typing import Any

import pytest

from tests.support.wait import PATIENCE
from tritonqa.client.base import Cancel, Reply, future_of
from tritonqa.client.stream import InFlight, OpenStream
from tritonqa.errors import InputError, TritonQAError, Unavailable
from tritonqa.protocol.call import Call
from tritonqa.protocol.contract import CANCEL_STREAM, PASSAGE_COUNTS
from tritonqa.protocol.joiner import AskJoiner
from tritonqa.protocol.protobuf import service_pb2
from tritonqa.protocol.tensors import Array, texts


class Transport:
    """Takes what is sent once it may, and keeps it."""

    def __init__(self) -> None:
        self.may, self.ended, self.sent = threading.Event(), threading.Event(), SimpleQueue[Any]()

    def open(self, messages: Iterator[Any]) -> Any:
        def send() -> None:
            self.may.wait()
            for message in messages:
                self.sent.put(message)
            self.ended.set()

        threading.Thread(target=send, daemon=True).start()
        return iter(())


def started(count: int, **options: Any) -> tuple[Transport, OpenStream, list[Future[dict[str, Array]]]]:
    """Let some asks wait, then go."""
    transport = Transport()
    opened, number = OpenStream(transport.open, AskJoiner()), iter(range(count))

    def send(call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        sent = InFlight(f"s.{next(number)}", call, reply, inf)
        opened.send(sent)
        return sent.cancel

    futures = []
    for _ in range(count):
        call = Call("reader", {"question": texts(["q"]), "passages": texts(["p"])}, ("answers",), options)
        futures.append(future_of(send, call, lambda tensors: tensors))
    transport.may.set()
    return transport, opened, futures


def inputs(message: Any) -> list[str]:
    return [port.name for port in message.inputs]


def refuse(opened: OpenStream, message: Any, line: str) -> None:
    answer = service_pb2.ModelStreamInferResponse(error_message=line)
    answer.infer_response.id = message.id
    opened.settle(answer)


@pytest.mark.parametrize("line", ["Timeout: late", "Overloaded: full", "InputError: bad", "EngineError: x"])
def test_each_ask_of_a_refused_request_goes_again_alone(line: str) -> None:
    transport, opened, futures = started(3)
    joined = transport.sent.get(timeout=PATIENCE)
    assert PASSAGE_COUNTS in inputs(joined)
    futures[1].cancel()
    refuse(opened, joined, line)
    again = [transport.sent.get(timeout=PATIENCE) for _ in range(2)]
    assert [(message.id, PASSAGE_COUNTS in inputs(message)) for message in again] == [
        ("s.0", False),
        ("s.2", False),
    ]
    for message in again:
        refuse(opened, message, line)
    for future in (futures[0], futures[2]):
        assert isinstance(future.exception(PATIENCE), TritonQAError)


def test_a_request_that_was_lost_fails_its_asks() -> None:
    transport, opened, futures = started(3)
    refuse(opened, transport.sent.get(timeout=PATIENCE), "Unavailable: gone")
    assert all(isinstance(future.exception(PATIENCE), Unavailable) for future in futures)
    assert transport.sent.empty()


def test_what_can_not_be_written_fails_and_is_forgotten() -> None:
    transport, opened, futures = started(2, top_k=2**70)
    assert all(isinstance(future.exception(PATIENCE), InputError) for future in futures)
    opened.end(Unavailable("over"))
    assert transport.sent.empty() and not opened._joined


def test_a_stream_that_ends_asks_to_drop_calls_that_were_cancelled_unanswered() -> None:
    transport, opened, futures = started(1)
    sent = transport.sent.get(timeout=PATIENCE)
    assert futures[0].cancel()
    opened.finish("s.9", Call("reader", {}, (), {CANCEL_STREAM: True}))
    last = transport.sent.get(timeout=PATIENCE)
    assert (last.id, last.parameters[CANCEL_STREAM].bool_param) == ("s.9", True)
    refuse(opened, sent, "EngineError: dropped")
    assert futures[0].cancelled()


def test_a_stream_without_open_calls_ends_without_a_word() -> None:
    transport, opened, futures = started(1)
    refuse(opened, transport.sent.get(timeout=PATIENCE), "EngineError: x")
    assert futures[0].exception(PATIENCE)
    opened.finish("s.9", Call("reader", {}, (), {CANCEL_STREAM: True}))
    assert transport.ended.wait(PATIENCE) and transport.sent.empty()
