"""Many asks over one gRPC stream of a real server: matched, bounded, cancelled, and outliving the server."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from itertools import islice, repeat
from pathlib import Path

import pytest

from tests.support.serving import (
    ANSWER,
    FREE,
    LONG,
    ONCE,
    PASSAGE,
    PATIENT,
    QUESTION,
    Clients,
    Served,
    metric,
    served,
    told,
)
from tests.support.wait import PATIENCE, eventually
from tritonqa import Answers, AsyncReader, Reader
from tritonqa.client import Connection, connect
from tritonqa.client.base import future_of
from tritonqa.errors import InputError, Timeout, TritonQAError, Unavailable
from tritonqa.protocol.call import Call
from tritonqa.protocol.contract import CANCEL_STREAM
from tritonqa.protocol.tensors import texts
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.text import Ask
from tritonqa.triton.repository.options import Limits, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server.server import Server


@pytest.fixture(scope="module")
def running(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("state"), "--no-logits") as place:
        yield place


def test_each_answer_comes_to_its_own_ask(server: Server) -> None:
    passages = [f"The code of door {i} is {i * 7919 % 10_000:04}. " * (1 + i % 40) for i in range(150)]
    options = {"no_answer_threshold": 1.0}
    client = connect(server.grpc)
    with client.stream(Call("reader", {}, ())) as send:
        asks = [
            future_of(
                send,
                Call(
                    "reader", {"question": texts(["What code?"]), "passages": texts([p])}, ("text",), options
                ),
                lambda tensors: str(tensors["text"][0]),
            )
            for p in passages
        ]
        found = [ask.result(PATIENCE) for ask in asks]
    client.close()
    assert all(text in passage for text, passage in zip(found, passages, strict=True))
    assert len(set(found)) > 140


def test_an_ask_that_fails_leaves_the_stream_whole(server: Server) -> None:
    with Reader.load(str(server.grpc)) as reader:
        stream = reader.ask_many([(QUESTION, PASSAGE), ("q" * 20_000, "x"), (QUESTION, PASSAGE)])
        assert next(stream)[0].text == ANSWER
        with pytest.raises(InputError, match="question has 20000 characters"):
            next(stream)
        assert [a[0].text for a in reader.ask_many([(QUESTION, PASSAGE)] * 3)] == [ANSWER] * 3


def test_asks_that_wait_go_together(server: Server) -> None:
    asks = [(QUESTION, f"It was written by Ada in {1000 + i}.") for i in range(400)]
    metrics, requests = f"{server.metrics}/metrics", "nv_inference_request_success"
    begun = metric(metrics, requests)
    with Reader.load(str(server.grpc)) as reader:
        found = list(reader.ask_many(asks))
    assert [answers[0].text for answers in found] == [ANSWER] * 400
    assert metric(metrics, requests) - begun < 200


def test_only_the_ask_to_blame_fails_of_those_that_went_together(server: Server) -> None:
    good = (QUESTION, PASSAGE)
    with Reader.load(str(server.grpc)) as reader, reader.backend.stream() as start:
        rows = [good, good, (QUESTION, ["x"] * 1001), good, good]
        sent = [start(Ask.of(question, passages), reader.backend.decoding) for question, passages in rows]
        errors = [future.exception(PATIENCE) for future in sent]
    assert [type(error) for error in errors] == [type(None)] * 2 + [InputError] + [type(None)] * 2
    assert "passages are 1001" in str(errors[2])
    assert all(future.result()[0].text == ANSWER for future in sent if future is not sent[2])


def test_no_more_is_read_than_is_under_way(server: Server) -> None:
    read = 0

    def asks() -> Iterator[tuple[str, str]]:
        nonlocal read
        for ask in repeat((QUESTION, PASSAGE), 1000):
            read += 1
            yield ask

    with Reader.load(str(server.grpc)) as reader:
        stream = reader.ask_many(asks())
        for answered, _ in enumerate(islice(stream, 200)):
            assert read <= answered + reader.backend.lookahead + 2
        stream.close()


def test_leaving_the_stream_cancels_what_is_under_way(server: Server) -> None:
    metrics, sent = f"{server.metrics}/metrics", 0

    def asks() -> Iterator[tuple[str, str]]:
        nonlocal sent
        for ask in repeat(("What?", LONG)):
            sent += 1
            yield ask

    told(server.http, metrics)
    begun = answered(metrics)
    with Reader.load(str(server.grpc), connection=PATIENT) as reader:
        stream = reader.ask_many(asks())
        next(stream)
        eventually(lambda: metric(metrics, "tritonqa_waiting_windows"))
        stream.close()
        eventually(lambda: not metric(metrics, "tritonqa_waiting_windows"))
        told(server.http, metrics)
        assert sent - (answered(metrics) - begun) > reader.backend.lookahead / 2


def answered(metrics: str) -> float:
    return metric(metrics, "tritonqa_answered") + metric(metrics, "tritonqa_no_answer")


def test_nobody_cancels_the_asks_of_others(server: Server) -> None:
    client, metrics = connect(server.grpc, ONCE), f"{server.metrics}/metrics"
    begun = metric(metrics, "tritonqa_asks_begun")
    inputs = {"question": texts(["What is the password of the vault?"]), "passages": texts([LONG])}
    ask = client.submit(Call("reader", inputs, ("text",)))
    eventually(lambda: metric(metrics, "tritonqa_asks_begun") > begun)
    inputs = {"question": texts([""]), "passages": texts([])}
    client.submit(Call("reader", inputs, (), {CANCEL_STREAM: True})).exception(PATIENCE)
    assert ask.result(PATIENCE)["text"].tolist() == ["kestrel"]
    client.close()


def test_a_task_that_is_cancelled_cancels_its_stream(server: Server) -> None:
    metrics = f"{server.metrics}/metrics"

    async def run() -> list[Answers]:
        async with AsyncReader.load(str(server.grpc)) as reader:

            async def endless() -> None:
                async for _ in reader.ask_many(repeat(("What?", LONG))):
                    pass

            task = asyncio.create_task(endless())
            await asyncio.to_thread(eventually, lambda: metric(metrics, "tritonqa_waiting_windows"))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return [answers async for answers in reader.ask_many([(QUESTION, PASSAGE)])]

    assert [answers[0].text for answers in asyncio.run(run())] == [ANSWER]
    eventually(lambda: not metric(metrics, "tritonqa_waiting_windows"))


def test_a_server_that_stands_still_is_a_timeout(running: Served) -> None:
    with Reader.load(running.grpc, connection=Connection(timeout=10, retries=0)) as reader:
        stream = reader.ask_many(repeat((QUESTION, PASSAGE), 500))
        next(stream)
        os.kill(running.triton, signal.SIGSTOP)
        try:
            with pytest.raises(Timeout, match="in time"):
                list(stream)
        finally:
            os.kill(running.triton, signal.SIGCONT)
        assert reader.ask(QUESTION, PASSAGE)[0].text == ANSWER


def test_streams_outlive_a_kill(running: Served) -> None:
    with Clients([running.grpc] * 3, streams=True) as clients:
        clients.wait_for(100)
        os.kill(running.triton, signal.SIGKILL)
        clients.wait_for(200)
    assert not clients.wrong
    assert not [error for error in clients.failed if not isinstance(error, Unavailable)]


def test_every_ask_of_one_stream_is_answered_once_over_a_kill(running: Served) -> None:
    count = 600
    asks = [(QUESTION, f"It was written by Ada in {1000 + i}.") for i in range(count)]
    with Reader.load(running.grpc, connection=PATIENT) as reader:
        stream = reader.ask_many(asks)
        found = [next(stream) for _ in range(50)]
        os.kill(running.triton, signal.SIGKILL)
        found += stream
    assert [answers[0].text for answers in found] == [ANSWER] * count


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_a_closed_reader_says_so(server: Server, protocol: str) -> None:
    reader = Reader.load(str(getattr(server, protocol)))
    reader.close()
    for ask in (lambda: reader.ask(QUESTION, PASSAGE), lambda: list(reader.ask_many([(QUESTION, PASSAGE)]))):
        with pytest.raises(TritonQAError, match="was closed; load the reader again"):
            ask()


def test_many_asks_outlast_a_server_that_is_overloaded(runtime: Runtime, tmp_path: Path) -> None:
    build(find_bundle(PACKAGED), tmp_path / "r", Models(Limits(waiting=8, seconds=PATIENCE)))
    asks = [(QUESTION, f"It was written by Ada in {1000 + i}.") for i in range(300)]
    with Server.start(runtime, tmp_path / "r", FREE) as server:
        with Reader.load(str(server.grpc), connection=PATIENT) as reader:
            assert [answers[0].text for answers in reader.ask_many(asks)] == [ANSWER] * 300
        assert eventually(lambda: metric(f"{server.metrics}/metrics", "tritonqa_refused"))
