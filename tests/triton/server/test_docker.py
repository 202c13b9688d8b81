from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.wait import PATIENCE
from tritonqa.deploy.arguments import ENTRYPOINT
from tritonqa.errors import InputError, ServerError
from tritonqa.triton.server.docker import docker_command, run
from tritonqa.triton.server.options import Serving

ROOT = Path(__file__).parents[3]
DOCKER = ROOT / "deploy" / "docker"
BOARDS = ROOT / "src" / "tritonqa" / "deploy" / "files" / "grafana" / "dashboards"


def test_the_container_is_held_to_loopback_and_reads_only(tmp_path: Path) -> None:
    command = docker_command(tmp_path, Serving(http_port=1, grpc_port=2, metrics_port=3), gpus=True)
    words = " ".join(command)
    assert "--publish 127.0.0.1:1:8000" in words and "--publish 127.0.0.1:3:8002" in words
    assert f"--volume {tmp_path}:/models:ro" in words and "--read-only" in words
    assert words.endswith("--gpus all tritonqa /models")


def test_a_folder_that_docker_can_not_be_told_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a:b has a colon"):
        docker_command(tmp_path / "a:b", Serving())
    assert f"{tmp_path}/it's é:/models:ro" in docker_command(tmp_path / "it's é", Serving())


def test_without_docker_it_is_said_and_the_command_shown() -> None:
    with pytest.raises(ServerError, match="not installed here; elsewhere .*: no-such-docker run"):
        run(["no-such-docker", "run"])


def test_the_image_copies_what_is_there() -> None:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?:--\S+ )*(.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    assert re.search(r"^USER (?!root)", text, re.MULTILINE)
    assert f"\nENTRYPOINT {json.dumps(ENTRYPOINT)}\n" in text


def test_the_dashboard_shows_metrics_that_exist() -> None:
    code = (ROOT / "src" / "tritonqa" / "triton" / "models" / "metrics.py").read_text(encoding="utf-8")
    told = set(re.findall(r'"(tritonqa_\w+)"', code))
    board = json.loads((BOARDS / "tritonqa.json").read_text(encoding="utf-8"))
    shown = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"tritonqa_\w+", target["expr"])
    }
    assert shown == told


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_ends_the_container_too(name: str) -> None:
    ours = "import sys; from tritonqa.triton.server.docker import run; sys.exit(run(sys.argv[1:]))"
    theirs = "trap 'echo stopped; exit 5' TERM; echo running; while :; do sleep 0.05; done"
    command = [sys.executable, "-c", ours, "sh", "-c", theirs]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "running\n"
        process.send_signal(getattr(signal, name))
        assert process.stdout.readline() == "stopped\n" and process.wait(PATIENCE) == 5
