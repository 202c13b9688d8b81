"""A real server under load: killed, reloaded, drained; nothing of it stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.serving import ANSWER, LONG, PASSAGE, QUESTION, Clients, Served, command, metric, served
from tritonqa import Reader
from tritonqa.client import Connection, connect
from tritonqa.errors import Overloaded, ServerError, Unavailable
from tritonqa.protocol.call import Call
from tritonqa.protocol.tensors import texts
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.text import Ask
from tritonqa.triton.repository.options import Limits, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server import processes
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.server import Server


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def running(runtime: Runtime, state: Path) -> Iterator[Served]:
    with served(state, "--no-logits", "--drain", "150") as place:
        yield place


def policies(server: int) -> set[int]:
    tasks = [Path(f"/proc/{pid}/task") for pid in (server, *processes.stubs(server))]
    return {os.sched_getscheduler(int(thread.name)) for task in tasks for thread in task.iterdir()}


def test_threads_take_no_core_from_a_window(running: Served) -> None:
    assert policies(running.triton) == {os.SCHED_BATCH}


def test_threads_take_cores_and_the_log_says_so_while_asks_are_refused(
    runtime: Runtime, tmp_path: Path
) -> None:
    build(find_bundle(PACKAGED), tmp_path / "r", Models(Limits(waiting=8)))
    log: list[str] = []
    with Server.start(
        runtime, tmp_path / "r", Serving(http_port=0, grpc_port=0, metrics_port=0), log.append
    ) as server:
        client, process = connect(server.grpc, Connection(retries=0)), server.process.pid
        inputs = {"question": texts([QUESTION]), "passages": texts([PASSAGE])}
        asks = [client.submit(Call("reader", inputs, ("text",))) for _ in range(300)]
        refused = [ask for ask in asks if isinstance(ask.exception(30), Overloaded)]
        assert refused and os.SCHED_OTHER in policies(process)
        client.close()
        until = time.monotonic() + 10
        while os.SCHED_OTHER in policies(process) and time.monotonic() < until:
            time.sleep(0.2)
        assert policies(process) == {os.SCHED_BATCH}
    first, last = [line for line in log if "windows wait already" in line or "is refused any more" in line]
    assert "[request id: " in first and f"{len(refused)} were" in last


@pytest.mark.parametrize("victim", ["server", "stub"])
def test_clients_outlive_a_kill(running: Served, victim: str) -> None:
    server, mark = running.triton, running.mark
    with Clients([running.grpc, running.http] * 2) as clients:
        clients.wait_for(5)
        (stub,) = processes.stubs(server)
        os.kill(server if victim == "server" else stub, signal.SIGKILL)
        clients.wait_for(20)
    assert not clients.wrong
    assert not [error for error in clients.failed if not isinstance(error, Unavailable)]
    assert running.triton != server
    assert not mark.left


def test_a_new_version_under_load_fails_no_ask(running: Served, state: Path) -> None:
    with Clients([running.grpc, running.http] * 2) as clients:
        clients.wait_for(5)
        done = subprocess.run(
            command("triton", "update", "--server", running.http, "--json"),
            env={**os.environ, "XDG_STATE_HOME": str(state)},
            capture_output=True,
            text=True,
            check=False,
        )
        clients.wait_for(10)
    assert done.returncode == 0, done.stderr
    assert '"version": 2' in done.stdout
    assert not clients.wrong and not clients.failed


def test_a_version_that_can_not_be_loaded_leaves_nothing(
    running: Served, state: Path, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(find_bundle(PACKAGED).folder, bundle)
    tokenizer = bundle / "tokenizer.json"
    tokenizer.write_bytes(b"x" * tokenizer.stat().st_size)
    env = {**os.environ, "XDG_STATE_HOME": str(state)}
    (reader,) = (state / "tritonqa" / "servers").glob("*/repository/reader")
    versions = {path.name for path in reader.iterdir() if path.is_dir()}
    done = subprocess.run(
        command("triton", "update", str(bundle)), env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode > 0 and "tokenizer.json is damaged" in done.stderr
    with Reader.load(running.grpc) as asked:
        assert asked.ask(QUESTION, PASSAGE)[0].text == ANSWER
        os.kill(running.triton, signal.SIGKILL)
        assert asked.ask(QUESTION, PASSAGE)[0].text == ANSWER
    assert versions == {path.name for path in reader.iterdir() if path.is_dir()}


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGINT])
def test_a_stop_before_it_is_ready_leaves_nothing(runtime: Runtime, state: Path, ending: int) -> None:
    env = {**os.environ, "XDG_STATE_HOME": str(state)}
    ports = ("--http-port", "0", "--grpc-port", "0", "--metrics-port", "0")
    process = subprocess.Popen(command("serve", "--no-logits", *ports, "--logs", "none"), env=env)
    records = state / "tritonqa" / "servers"
    before, until = set(records.glob("*.json")), time.monotonic() + 30
    while not (new := set(records.glob("*.json")) - before) and time.monotonic() < until:
        time.sleep(0.01)
    (record,) = new
    process.send_signal(ending)
    assert process.wait(30) == 0
    assert not record.exists() and not list(Path("/dev/shm").glob(f"{record.stem}*"))


def test_what_is_under_way_is_answered_before_the_end(running: Served) -> None:
    mark = running.mark
    once = Connection(retries=0)
    readers = [Reader.load(url, connection=once) for url in (running.grpc, running.http)]
    ask = Ask.of("What is the password of the vault?", [LONG, LONG[: len(LONG) // 2]])
    begun = metric(running.metrics, "tritonqa_asks_begun")
    asks = [reader.backend.start(ask, reader.backend.decoding) for reader in readers]
    until = time.monotonic() + 30
    while metric(running.metrics, "tritonqa_asks_begun") < begun + 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert running.stop() == 0
    assert [ask.result(30)[0].text for ask in asks] == ["kestrel", "kestrel"]
    for reader in readers:
        reader.close()
    assert not mark.left


def test_a_drain_that_times_out_leaves_nothing(
    runtime: Runtime, state: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(state, "--no-logits", "--drain", "1") as place:
        mark = place.mark
        with Reader.load(place.grpc) as reader:
            ask = reader.backend.start(Ask.of("What?", LONG * 30), reader.backend.decoding)
            time.sleep(0.5)
            assert place.stop() == 0
            assert isinstance(ask.exception(30), Unavailable)
    assert not mark.left
    assert "the drain time ran out" in capfd.readouterr().err


@pytest.mark.parametrize("server_too", [False, True])
def test_what_a_killed_supervisor_left_is_ended_by_the_next(
    runtime: Runtime, state: Path, server_too: bool
) -> None:
    with served(state, "--no-logits") as place:
        mark, own = place.mark, state / "tritonqa" / "servers" / str(place.process.pid)
        server = place.triton
        place.process.kill()
        if server_too:
            os.kill(server, signal.SIGKILL)
        place.process.wait()
        assert mark.left and (own / "repository").is_dir()
        with served(state, "--no-logits"):
            assert not mark.left and not own.exists()


def test_two_servers_side_by_side(server: Server, runtime: Runtime, repository: Path) -> None:
    from dataclasses import replace

    taken = replace(server.serving, grpc_port=0, metrics_port=0, start_timeout=20.0)
    with pytest.raises(ServerError, match="http_port .*: Address already in use; choose"):
        Server.start(runtime, repository, taken)
    with Server.start(runtime, repository, replace(taken, http_port=0)) as other:
        for place in (server, other):
            with Reader.load(str(place.grpc)) as reader:
                assert reader.ask("Who wrote it?", "It was written by Ada.")[0].text == "Ada"
    with Reader.load(str(server.http)) as reader:
        assert reader.ask("Who wrote it?", "It was written by Ada.")[0].text == "Ada"
