from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from threading import Thread

import pytest

from tests.support.wait import eventually
from tritonqa.errors import DocumentError
from tritonqa.library.parse import ParseOptions, apart, parse_apart


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A table of many cells: it takes long to read, and much memory."""
    path = tmp_path / "slow.csv"
    path.write_text("name,price,note\n" + "cell,cell,cell\n" * 100_000, encoding="utf-8")
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.txt"
    path.write_text("words", encoding="utf-8")
    return path


def test_a_parser_that_takes_too_long_is_replaced(slow: Path, good: Path) -> None:
    with pytest.raises(DocumentError, match=r"was not read within 0\.05 seconds; raise the limit"):
        parse_apart(slow, ParseOptions(seconds=0.05))
    assert parse_apart(good).text == "words"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of memory")
def test_a_parser_that_swells_is_stopped(tmp_path: Path, good: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(200 << 20)
    with pytest.raises(DocumentError, match="more memory"):
        parse_apart(path, ParseOptions(megabytes=150))
    assert parse_apart(good).text == "words"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_a_parser_that_crashes_is_replaced(good: Path) -> None:
    assert parse_apart(good).text == "words"
    process = apart._PARSER._process
    assert process is not None
    reasons: list[str] = []

    def read() -> None:
        try:
            parse_apart(good)
        except DocumentError as error:
            reasons.append(error.reason)

    process.send_signal(signal.SIGSTOP)
    reader = Thread(target=read)
    reader.start()
    eventually(lambda: any("_exchange" in thread.name for thread in threading.enumerate()))
    process.kill()
    reader.join()
    assert reasons == ["made its parser end (signal 9); it is damaged or needs more memory"]
    assert parse_apart(good).text == "words"


def test_one_process_serves_many_documents_and_not_for_ever(
    good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_LIFE", 3)
    parser = apart.Parser()
    pids = []
    for _ in range(5):
        parser.ask(good, ParseOptions(), {})
        assert parser._process is not None
        pids.append(parser._process.pid)
    parser.close()
    assert len(set(pids[:3])) == 1 and len(set(pids)) == 2


def test_no_process_outlives_its_user(good: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tritonqa.library.parse import apart, parse_apart; "
        "parse_apart(Path(sys.argv[1])); print(apart._PARSER._process.pid, flush=True); "
    )
    for ending in ("", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"):
        command = [sys.executable, "-c", code + ending, str(good)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as user:
            assert user.stdout is not None
            pid = int(user.stdout.readline())
            user.wait()
        gone(pid)


def gone(pid: int) -> None:
    """Wait until a process has ended; it does by itself once its stdin is closed."""

    def ended() -> bool:
        try:
            return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
        except OSError:  # it was reaped, maybe as it was read
            return True

    eventually(ended)
