"""Three real servers behind one name: killed, stopped, slowed, updated, drained; no ask is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.serving import ANSWER, ONCE, PASSAGE, QUESTION, Clients, Served, command, same, served
from tests.support.wait import eventually
from tritonqa import AsyncReader, Reader
from tritonqa.errors import InputError
from tritonqa.reader.remote import Remote
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server import processes
from tritonqa.triton.server.server import Server


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [tmp_path_factory.mktemp(f"state{i}") for i in range(3)]


@pytest.fixture(scope="module")
def servers(runtime: Runtime, states: list[Path]) -> Iterator[list[Served]]:
    with ExitStack() as stack, ThreadPoolExecutor(3) as starting:
        started = starting.map(lambda state: stack.enter_context(served(state, "--no-logits")), states)
        yield list(started)


def grpc(servers: list[Served]) -> str:
    return ",".join(server.grpc for server in servers)


def http(servers: list[Served]) -> str:
    return ",".join(server.http for server in servers)


@contextmanager
def slowed(server: Served) -> Iterator[None]:
    """Let the reader's process run a fifth of the time."""
    (stub,) = processes.stubs(server.triton)
    end = threading.Event()

    def slow() -> None:
        with suppress(ProcessLookupError):  # so slow that its server took it for dead
            while not end.is_set():
                os.kill(stub, signal.SIGSTOP)
                end.wait(0.2)
                os.kill(stub, signal.SIGCONT)
                end.wait(0.05)

    thread = threading.Thread(target=slow)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


@contextmanager
def stopped(server: Served) -> Iterator[None]:
    """Hold the server and its processes still, its connections open."""
    held = [server.triton, *processes.stubs(server.triton)]
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)


def updated(server: Served, state: Path) -> bool:
    """Whether the reader was updated there; what it says if not is the test's output."""
    update, environment = command("triton", "update", "--server", server.http, "--json"), {**os.environ}
    environment["XDG_STATE_HOME"] = str(state)
    return subprocess.run(update, env=environment, check=False).returncode == 0


def test_answers_and_errors_are_those_of_one(servers: list[Served], reader: Reader) -> None:
    asks = [(QUESTION, PASSAGE), ("Where?", ["Nowhere near.", "In a tower by the sea."])]
    for url in (grpc(servers), http(servers)):
        with Reader.load(url, connection=ONCE) as several, Reader.load(url.split(",")[0]) as one:
            for mine, alone, here in zip(
                several.ask_many(asks), one.ask_many(asks), reader.ask_many(asks), strict=True
            ):
                same(mine, alone)
                same(mine, here)
            errors = []
            for asked in (several, one):
                with pytest.raises(InputError) as error:
                    asked.ask("x" * 20_000, PASSAGE)
                errors.append((error.type, str(error.value)))
            assert errors[0] == errors[1]


def test_no_ask_is_lost_while_servers_are_killed_stopped_slowed_and_updated(
    servers: list[Served], states: list[Path]
) -> None:
    first, second, third = servers
    with (
        Clients([grpc(servers), http(servers)]) as single,
        Clients([grpc(servers)], streams=True) as streams,
    ):

        def go_on() -> None:
            single.wait_for(10)
            streams.wait_for(10)

        go_on()
        os.kill(first.triton, signal.SIGKILL)
        go_on()
        with stopped(second):
            go_on()
        with slowed(third):
            go_on()
        # Its supervisor takes it for dead, at once or when it is ready again; who updates then tries again.
        eventually(lambda: updated(second, states[1]))
        go_on()
    for clients in (single, streams):
        assert not clients.wrong and not clients.failed


async def ask_async(url: str) -> list[str]:
    async with AsyncReader.load(url) as reader:
        alone = await reader.ask(QUESTION, PASSAGE)
        return [alone[0].text, *[each[0].text async for each in reader.ask_many([(QUESTION, PASSAGE)] * 5)]]


def test_async(servers: list[Served]) -> None:
    assert asyncio.run(ask_async(grpc(servers))) == [ANSWER] * 6


def test_an_engine_at_two_addresses(server: Server) -> None:
    with Reader.load(engine=f"{server.grpc},{server.http}") as reader:
        assert reader.ask(QUESTION, PASSAGE)[0].text == ANSWER


def test_commands_take_several(servers: list[Served], tmp_path: Path) -> None:
    asks = tmp_path / "asks.jsonl"
    asks.write_text("".join(json.dumps({"question": QUESTION, "passages": PASSAGE}) + "\n" for _ in range(9)))
    run = ["bulk", str(asks), "-o", str(tmp_path / "out"), "--reader", grpc(servers), "--json"]
    done = subprocess.run(command(*run), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["answers"] == 9


def test_a_server_that_drains_loses_nothing_and_is_left_out(servers: list[Served]) -> None:
    with Clients([grpc(servers), http(servers)]) as clients:
        clients.wait_for(5)
        assert servers[2].stop() == 0
        clients.wait_for(10)
    assert not clients.wrong and not clients.failed
    with Reader.load(grpc(servers)) as reader:
        backend = reader.backend
        assert isinstance(backend, Remote)
        eventually(lambda: [*backend.about()["servers"].values()].count("ready") == 2)
        assert reader.ask(QUESTION, PASSAGE)[0].text == ANSWER
