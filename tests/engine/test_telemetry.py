"""Nothing calls home: a reader answers with every socket closed, and leaves no trace of telemetry."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.library.samples import PLAIN, pdf
from tests.support.command import tritonqa
from tests.support.engines import ENGINES
from tritonqa.engine.model_cache import VARIABLE

CLOSED = """
import socket, sys, threading

def refuse(*arguments, **options):
    raise AssertionError("a socket was opened")

socket.socket.__init__ = refuse
socket.create_connection = socket.getaddrinfo = refuse

from tritonqa import Reader

with Reader.load(engine=sys.argv[1]) as reader:
    assert reader.ask("Who wrote it?", "Ada Lovelace wrote the first program.")[0].text == "Ada Lovelace"
    print(sorted(thread.name.rstrip("-0123456789") for thread in threading.enumerate()))
    print("openvino_telemetry" in sys.modules)
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reader_opens_no_socket_and_starts_no_telemetry(tmp_path: Path, engine: str) -> None:
    names = ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME")
    home = {name: str(tmp_path) for name in names} | {"CI": "false"}  # OpenVINO is silent where CI is true
    home[VARIABLE] = "off"
    done = subprocess.run(
        [sys.executable, "-c", CLOSED, engine],
        env={**os.environ, **home},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    threads, loaded = done.stdout.splitlines()
    assert set(eval(threads)) <= {"MainThread", "tritonqa-stream"}
    assert loaded == "False"
    assert not list(tmp_path.iterdir()), "files were written into the user's home"


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's network namespaces")
@pytest.mark.parametrize("whole", ["reader", "library"])
def test_nothing_needs_a_network(tmp_path: Path, whole: str) -> None:
    alone = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no network namespace")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "boiler.pdf").write_bytes(pdf())
    given = {
        "reader": ("ask", "When does the warranty end?", "-c", PLAIN),
        "library": ("ask", "When does the warranty end?", "docs", "--library", "x.library"),
    }
    command = [*alone, *tritonqa(*given[whole])]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert "24 months" in done.stdout.splitlines()[0], done.stderr
