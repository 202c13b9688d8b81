"""What the container runs, on the real server outside a container; deploy/check runs the container."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.serving import ANSWER, ONCE, PASSAGE, QUESTION
from tests.support.wait import PATIENCE, eventually
from tritonqa import Reader
from tritonqa.deploy.arguments import ENTRYPOINT
from tritonqa.errors import Unavailable
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.repository.options import LogitsOptions, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server import processes
from tritonqa.triton.server.arguments import listening_arguments
from tritonqa.triton.server.container import memory_of
from tritonqa.triton.server.options import Serving


@pytest.mark.parametrize(("limit", "status"), [(None, 1), (2, 0)], ids=["a model's process dies", "SIGTERM"])
def test_the_container_serves_as_the_command_does(
    runtime: Runtime, tmp_path: Path, limit: int | None, status: int
) -> None:
    build(find_bundle(PACKAGED), tmp_path / "r", Models(logits=LogitsOptions(rate_limit=limit)))
    ports = Serving(http_port=0, grpc_port=0, metrics_port=0).with_ports()
    place = f"http://127.0.0.1:{ports.http_port}"
    environment = runtime.environment()
    environment["PATH"] = f"{runtime.server.parent}{os.pathsep}{environment['PATH']}"
    command = [
        sys.executable,
        *ENTRYPOINT[1:],
        str(tmp_path / "r"),
        f"--backend-directory={runtime.backends}",
    ]
    command += listening_arguments(ports)
    left = processes.SHARED_MEMORY / f"{memory_of(str(tmp_path / 'r'))}-of-a-container-that-was-killed"
    left.touch()
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            assert _answer(place, process) == ANSWER and not left.exists()
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(f"{place}/v2/repository/index", b"{}", timeout=PATIENCE)
            if status:
                os.kill(max(processes.stubs(_server(process.pid))), signal.SIGKILL)
                assert process.wait(PATIENCE) == status
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == status
    assert not list(processes.SHARED_MEMORY.glob(f"{memory_of(str(tmp_path / 'r'))}*"))
    said = (tmp_path / "log").read_text()
    assert (f'{{"name":"logits", "count":{limit} ' in said) == (limit is not None)
    assert ("a Python process of Triton died" in said) == bool(status)


def _server(container: int) -> int:
    children = Path(f"/proc/{container}/task/{container}/children").read_text(encoding="ascii")
    return int(children.split()[0])


def _answer(place: str, process: subprocess.Popen[bytes]) -> str:
    """Ask the server, once it is there."""

    def ask() -> str:
        assert process.poll() is None
        with suppress(Unavailable), Reader.load(place, connection=ONCE) as reader:
            return reader.ask(QUESTION, PASSAGE)[0].text
        return ""

    return eventually(ask)
