"""Which servers are known, left alone and swept, held to real processes in real namespaces."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support.namespaces import in_a_namespace
from tests.support.wait import PATIENCE, eventually
from tritonqa.errors import ServerError
from tritonqa.triton.server import processes
from tritonqa.triton.server.minder import Minder
from tritonqa.triton.server.registry import find, running, working_folder

MINDING = (sys.executable, "-m", "tests.support.minding")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Triton's servers run on Linux")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "tritonqa" / "servers"


@dataclass
class Minding:
    """A process that minds a server, and what that has: its file, a folder, shared memory."""

    process: subprocess.Popen[str]
    name: str
    pid: int
    parts: tuple[Path, Path, Path]

    @property
    def is_whole(self) -> bool:
        return all(part.exists() for part in self.parts)

    @property
    def is_gone(self) -> bool:
        return not any(part.exists() for part in self.parts)

    def kill(self) -> None:
        """Kill it, and all of its namespace where it is the first of one; its number is not free yet."""
        self.process.kill()
        os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOWAIT)


@contextmanager
def minding(*command: str) -> Iterator[Minding]:
    process = subprocess.Popen(command or MINDING, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    record = json.loads(process.stdout.readline())
    memory = processes.SHARED_MEMORY / f"{record['name']}_region"
    memory.touch()
    try:
        parts = Path(record["file"]), Path(record["folder"]), memory
        yield Minding(process, record["name"], record["pid"], parts)
    finally:
        process.communicate(timeout=PATIENCE)
        memory.unlink(missing_ok=True)


def elsewhere() -> list[str]:
    return in_a_namespace(*MINDING)


def test_one_that_is_minded_is_listed_and_left(state: Path) -> None:
    with minding() as living:
        assert [server.name for server in running()] == [living.name]
        assert find().name == living.name and living.is_whole
    assert not list(state.glob("*"))


def test_what_a_killed_minder_left_is_swept_and_its_server_ended() -> None:
    with minding() as killed, minding() as living:
        killed.kill()  # not waited for: a number that is still in the list of processes
        assert [server.name for server in running()] == [living.name]
        assert killed.is_gone and living.is_whole
        eventually(lambda: not Path(f"/proc/{killed.pid}").exists())


def test_one_whose_number_lives_again_is_swept(state: Path) -> None:
    with minding() as killed:
        killed.kill()
        record = json.loads(killed.parts[0].read_text())
        for path in (killed.parts[0], killed.parts[1] / "minder.json"):
            text = re.sub(r'"pid": \d+, "started"', f'"pid": {os.getpid()}, "started"', path.read_text())
            path.write_text(text)
        assert (
            record["minder"]["pid"] != json.loads(killed.parts[0].read_text())["minder"]["pid"] == os.getpid()
        )
        assert running() == [] and killed.is_gone


def test_another_namespace_is_left_alone(state: Path) -> None:
    with minding(*elsewhere()) as theirs, minding() as ours:
        assert [server.name for server in running()] == [ours.name]
        assert find().name == ours.name
        with pytest.raises(
            ServerError, match=f"this user: http://{ours.name}; in other .* http://{theirs.name}"
        ):
            find(f"http://{theirs.name}")
        assert theirs.is_whole and theirs.process.poll() is None
    assert not list(state.glob("*"))


def test_two_first_processes_share_no_folder() -> None:
    with minding(*elsewhere()) as one, minding(*elsewhere()) as other:
        assert one.parts[1].name.startswith("1-") and other.parts[1].name.startswith("1-")
        assert one.is_whole and other.is_whole
        code = "from tritonqa.triton.server.registry import running; print(running())"
        done = subprocess.run(in_a_namespace(sys.executable, "-c", code), capture_output=True, text=True)
        assert done.stdout == "[]\n", done.stderr
        assert one.is_whole and other.is_whole


def test_a_namespace_that_ended_is_swept_from_another() -> None:
    with minding(*elsewhere()) as killed, minding(*elsewhere()) as living:
        killed.kill()
        eventually(lambda: running() == [] and killed.is_gone)
        assert living.is_whole


def test_a_server_that_outlived_its_minder_elsewhere_is_left_alone() -> None:
    shell = in_a_namespace("sh", "-c", '"$@"; read line', "sh", *MINDING)
    with minding(*shell) as orphan:
        children = Path(f"/proc/{orphan.process.pid}/task/{orphan.process.pid}/children")
        first = children.read_text().split()[0]
        (minder,) = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        os.kill(int(minder), signal.SIGKILL)
        eventually(lambda: not Path(f"/proc/{minder}").exists())
        assert running() == [] and orphan.is_whole


@pytest.mark.parametrize(
    ("differs", "held", "lives"),
    [
        ({"boot": "another", "machine": "another"}, False, True),
        ({"boot": "another", "machine": "another"}, True, True),
        ({"boot": "the one before"}, False, False),
        ({"boot": "the one before"}, True, True),
        ({"namespace": 1}, False, False),
        ({"namespace": 1}, True, True),
        ({"started": 1}, True, False),
        ({"started": None}, True, False),
        ({"pid": 2**22 + 1}, True, False),
        ({}, False, True),
        ({}, True, True),
    ],
    ids=str,
)
def test_what_tells_that_a_minder_lives(differs: dict[str, object], held: bool, lives: bool) -> None:
    assert replace(Minder.here(), **differs).lives(held=held) is lives  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "{", '{"supervisor": 1, "pid": 1, "name": "tritonqa-0000000a"}']
)
def test_what_is_not_understood_is_left_alone(state: Path, content: str) -> None:
    (state / "123").mkdir(parents=True)
    (state / "tritonqa-0000000a.json").write_text(content)
    assert running() == []
    assert len(list(state.iterdir())) == 2


@pytest.mark.parametrize("name", ["", "tritonqa-", "tritonqa-*"])
def test_nothing_is_swept_by_a_name_that_is_none(name: str) -> None:
    with minding() as killed:
        killed.kill()
        file = killed.parts[0]
        file.write_text(json.dumps({**json.loads(file.read_text()), "name": name}))
        assert running() == []
        assert file.exists() and killed.parts[2].exists()
        os.kill(killed.pid, signal.SIGKILL)


def test_a_state_folder_that_can_not_be_made_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/none")
    with pytest.raises(ServerError, match="/proc/none.* can't be written: .*; set XDG_STATE_HOME"):
        running()


def test_a_state_folder_that_can_not_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tritonqa").mkdir()
    (tmp_path / "tritonqa" / "servers").symlink_to("/proc/self/task")
    with pytest.raises(ServerError, match="servers.* can't be written: .*; set XDG_STATE_HOME"):
        with working_folder():
            raise AssertionError


NO_HOME = """
import os
from tritonqa.errors import ServerError
from tritonqa.triton.server.registry import running
os.setuid(54321)  # now: the interpreter may lie in a home that only its owner reads
try:
    running()
except ServerError as error:
    print(error)
"""


def test_a_user_without_a_home_is_told_what_to_set(tmp_path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can become a user that is not listed")
    kept = {name: value for name, value in os.environ.items() if name != "HOME" and "XDG" not in name}
    done = subprocess.run(
        [sys.executable, "-c", NO_HOME], env=kept, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "this user has no home folder; set XDG_STATE_HOME" in done.stdout, done.stderr
    assert not list(tmp_path.iterdir())
