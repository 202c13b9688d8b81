"""A real server under load: killed, reloaded, drained; nothing of it stays."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.support.serving import (
    ANSWER,
    FREE,
    INFER,
    LONG,
    ONCE,
    PASSAGE,
    PATIENT,
    PORTS,
    QUESTION,
    Clients,
    Served,
    command,
    lasting,
    metric,
    served,
    status_of,
    told,
)
from tests.support.wait import PATIENCE, eventually
from tritonqa import Reader
from tritonqa.client import connect
from tritonqa.errors import Overloaded, Unavailable
from tritonqa.protocol.call import Call
from tritonqa.protocol.tensors import texts
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.text import Ask
from tritonqa.triton.repository.options import Limits, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server import processes
from tritonqa.triton.server.server import Server


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def running(runtime: Runtime, state: Path) -> Iterator[Served]:
    with served(state, "--no-logits") as place:
        yield place


def policies(server: int) -> set[int]:
    found = set()
    for pid in (server, *processes.stubs(server)):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(ProcessLookupError):  # a thread may have ended
                found.add(os.sched_getscheduler(int(thread.name)))
    return found


def sockets(pid: int) -> list[str]:
    found = []
    with suppress(FileNotFoundError):  # the process of a version that was left may have ended
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # a file may have been closed
                found.append(file.readlink().name)
    return [name for name in found if name.startswith("socket:")]


def test_threads_take_no_core_from_a_window(running: Served) -> None:
    assert policies(running.triton) == {os.SCHED_BATCH}


def test_threads_take_cores_and_the_log_says_so_while_asks_are_refused(
    runtime: Runtime, tmp_path: Path
) -> None:
    build(find_bundle(PACKAGED), tmp_path / "r", Models(Limits(waiting=8, seconds=PATIENCE)))
    log: list[str] = []
    refused = 0
    with Server.start(runtime, tmp_path / "r", FREE, log.append) as server:
        client = connect(server.grpc, ONCE)
        inputs = {"question": texts([QUESTION]), "passages": texts([PASSAGE])}

        def too_many() -> bool:
            nonlocal refused
            asks = [client.submit(Call("reader", inputs, ("text",))) for _ in range(300)]
            refused += sum(isinstance(ask.exception(PATIENCE), Overloaded) for ask in asks)
            return os.SCHED_OTHER in policies(server.process.pid)

        eventually(too_many)
        client.close()
        eventually(lambda: policies(server.process.pid) == {os.SCHED_BATCH})
    told = [line for line in log if "windows wait already" in line or "is refused any more" in line]
    assert all("[request id: " in first for first in told[::2])
    assert refused == sum(int(re.findall(r"(\d+) were", last)[0]) for last in told[1::2])


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
    assert not [place for stub in processes.stubs(running.triton) for place in sockets(stub)]


def test_an_update_leaves_a_model_of_its_owners_alone(running: Served, state: Path) -> None:
    (repository,) = (state / "tritonqa" / "servers").glob("*/repository")
    theirs = repository / "theirs"
    (theirs / "1").mkdir(parents=True)
    (theirs / "1" / "model.py").write_text("raise RuntimeError('it was loaded')\n")
    (theirs / "config.pbtxt").write_text('name: "theirs"\nbackend: "python"\n')
    before = {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()}
    done = subprocess.run(
        command("triton", "update", "--server", running.http),
        env={**os.environ, "XDG_STATE_HOME": str(state)},
        capture_output=True,
        text=True,
        check=False,
    )
    after = {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()}
    shutil.rmtree(theirs)
    assert done.returncode == 0, done.stderr
    assert before == after


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
    with Reader.load(running.grpc, connection=PATIENT) as asked:
        assert asked.ask(QUESTION, PASSAGE)[0].text == ANSWER
        os.kill(running.triton, signal.SIGKILL)
        assert asked.ask(QUESTION, PASSAGE)[0].text == ANSWER
    assert versions == {path.name for path in reader.iterdir() if path.is_dir()}


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGINT])
def test_a_stop_before_it_is_ready_leaves_nothing(runtime: Runtime, state: Path, ending: int) -> None:
    env = {**os.environ, "XDG_STATE_HOME": str(state)}
    records = state / "tritonqa" / "servers"
    before = set(records.glob("*.json"))
    process = subprocess.Popen(command("serve", "--no-logits", *PORTS), env=env)
    (record,) = eventually(lambda: set(records.glob("*.json")) - before)
    process.send_signal(ending)
    assert process.wait(PATIENCE) == 0
    assert not record.exists() and not list(Path("/dev/shm").glob(f"{record.stem}*"))


def test_what_is_under_way_is_answered_before_the_end(running: Served) -> None:
    mark = running.mark
    once = ONCE
    readers = [Reader.load(url, connection=once) for url in (running.grpc, running.http)]
    ask = Ask.of("What is the password of the vault?", [LONG, LONG[: len(LONG) // 2]])
    told(running.http, running.metrics)
    begun = metric(running.metrics, "tritonqa_asks_begun")
    asks = [reader.backend.start(ask, reader.backend.decoding) for reader in readers]
    eventually(lambda: metric(running.metrics, "tritonqa_asks_begun") >= begun + 2)
    assert running.stop() == 0
    assert [ask.result(PATIENCE)[0].text for ask in asks] == ["kestrel", "kestrel"]
    for reader in readers:
        reader.close()
    assert not mark.left


def test_in_the_grace_probes_fail_and_asks_are_answered_then_clients_are_told_to_come_again(
    runtime: Runtime, state: Path
) -> None:
    with served(state, "--no-logits", "--grace", "600") as place:
        reader = Reader.load(place.grpc, connection=ONCE)
        mark = place.mark
        infer = partial(status_of, f"{place.http}/v2/models/reader/infer", INFER)
        assert status_of(f"{place.http}/v2/health/ready") == 200
        place.process.send_signal(signal.SIGTERM)
        eventually(lambda: status_of(f"{place.http}/v2/health/ready") == 400)
        assert status_of(f"{place.http}/v2/health/live") == infer() == 200
        long = reader.backend.start(Ask.of("What?", lasting(reader, 4)), reader.backend.decoding)
        eventually(lambda: metric(place.metrics, "tritonqa_waiting_windows"))
        assert infer() == 200
        place.process.send_signal(signal.SIGTERM)  # again: it ends the grace
        seen = {eventually(lambda: status if (status := infer()) != 200 else None)}
        while not long.done():
            seen.add(infer())
        assert long.result().question == "What?" and seen == {503}
        assert place.process.wait(PATIENCE) == 0
    assert not mark.left


def test_a_drain_that_times_out_leaves_nothing(
    runtime: Runtime, state: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(state, "--no-logits", "--drain", "1") as place:
        mark = place.mark
        with Reader.load(place.grpc, connection=ONCE) as reader:
            ask = reader.backend.start(Ask.of("What?", LONG * 50), reader.backend.decoding)
            eventually(lambda: metric(place.metrics, "tritonqa_asks_begun"))
            assert place.stop() == 0
            assert isinstance(ask.exception(PATIENCE), Unavailable)
    assert not mark.left
    assert "the drain time ran out" in capfd.readouterr().err


@pytest.mark.parametrize("server_too", [False, True])
def test_what_a_killed_supervisor_left_is_ended_by_the_next(
    runtime: Runtime, state: Path, server_too: bool
) -> None:
    with served(state, "--no-logits") as place:
        (own,) = (state / "tritonqa" / "servers").glob(f"{place.process.pid}-*")
        mark = place.mark
        server = place.triton
        place.process.kill()
        if server_too:
            os.kill(server, signal.SIGKILL)
        place.process.wait()
        assert mark.left and (own / "repository").is_dir()
        with served(state, "--no-logits"):
            assert not mark.left and not own.exists()
