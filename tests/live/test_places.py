"""A real server wherever its folders lie: under any name, and beside servers of other containers."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.namespaces import in_a_namespace
from tests.support.serving import ANSWER, FREE, PASSAGE, PATIENT, QUESTION, command, served
from tests.support.wait import eventually
from tritonqa import Reader
from tritonqa.errors import ServerError
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.server import Server

ODD = """it's "odd": é 日本 $(exit 3);\\ &"""


def link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_folders_of_any_name_are_served(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / f"cache {ODD}"
    shutil.copytree(
        runtime.folder, cache / "tritonqa" / runtime.folder.name, copy_function=link, symlinks=True
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    state = tmp_path / f"state {ODD}"
    with served(state, "--no-logits") as place, Reader.load(place.grpc, connection=PATIENT) as reader:
        assert reader.ask(QUESTION, PASSAGE)[0].text == ANSWER
        done = subprocess.run(
            command("triton", "update"),
            env={**os.environ, "XDG_STATE_HOME": str(state)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert reader.ask(QUESTION, PASSAGE)[0].text == ANSWER


def test_another_containers_server_is_left_alone_and_swept_when_it_is_dead(
    runtime: Runtime, tmp_path: Path
) -> None:
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    with served(tmp_path, "--no-logits", before=in_a_namespace()) as theirs:
        with Reader.load(theirs.grpc, connection=PATIENT) as reader:
            done = subprocess.run(
                command("triton", "update"), env=env, capture_output=True, text=True, check=False
            )
            assert (
                done.returncode == 4
                and f"machines, where this command must run: {theirs.http}" in done.stderr
            )
            with served(tmp_path, "--no-logits") as ours, Reader.load(ours.http, connection=PATIENT) as other:
                assert reader.ask(QUESTION, PASSAGE)[0].text == ANSWER
                assert other.ask(QUESTION, PASSAGE)[0].text == ANSWER
                theirs.process.kill()
                theirs.process.wait()
        records = tmp_path / "tritonqa" / "servers"
        assert len(list(records.iterdir())) == 2
        names = [path.stem for path in records.glob("*.json")]
        eventually(
            lambda: (
                subprocess.run(command("triton", "update"), env=env, check=False)
                and not list(records.iterdir())
            )
        )
        assert not [path for name in names for path in Path("/dev/shm").glob(f"{name}*")]


def test_a_python_process_that_never_came_to_be_is_said_at_once(
    runtime: Runtime, repository: Path, tmp_path: Path
) -> None:
    shutil.copytree(runtime.folder, tmp_path / "runtime", copy_function=link, symlinks=True)
    broken = Runtime(tmp_path / "runtime")
    broken.stub.unlink()
    broken.stub.write_text("#!/bin/sh\necho libpython3.so is not there; exit 127\n")
    broken.stub.chmod(0o755)
    with pytest.raises(ServerError, match="process ended as it started: libpython3.so is not there"):
        Server.start(broken, repository, FREE)


def test_two_servers_side_by_side(
    server: Server, runtime: Runtime, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = replace(server.serving, grpc_port=0, metrics_port=0)
    with pytest.raises(ServerError, match="http_port .*: Address already in use; choose"):
        Server.start(runtime, repository, taken)
    found = [server.serving]  # first ports that another has taken since they were found free
    chosen = Serving.with_ports
    monkeypatch.setattr(Serving, "with_ports", lambda given: found.pop() if found else chosen(given))
    with Server.start(runtime, repository, replace(taken, http_port=0)) as other:
        assert not found
        for place in (server, other):
            with Reader.load(str(place.grpc)) as reader:
                assert reader.ask("Who wrote it?", "It was written by Ada.")[0].text == "Ada"
    with Reader.load(str(server.http)) as reader:
        assert reader.ask("Who wrote it?", "It was written by Ada.")[0].text == "Ada"
