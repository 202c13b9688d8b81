"""The official container on the same repository: its command."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from tritonqa.errors import InputError, ServerError
from tritonqa.protocol.contract import GRPC_PORT, HTTP_PORT, METRICS_PORT
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.stop import Stop

IMAGE = "tritonqa"
_POLL = 0.1


def docker_command(
    repository: Path, serving: Serving, image: str = IMAGE, *, gpus: bool = False
) -> list[str]:
    """Write the command that serves a repository in a container that can write nowhere but /tmp.

    The image is deploy/docker/Dockerfile's: the official Triton, and tritonqa for the model reader. Raises
    InputError for a repository that docker can't be told.
    """
    folder = str(repository.resolve())
    if ":" in folder:
        raise InputError(f"repository {folder} has a colon, at which docker parts its folders", "repository")
    ports = (
        (serving.http_port, HTTP_PORT),
        (serving.grpc_port, GRPC_PORT),
        (serving.metrics_port, METRICS_PORT),
    )
    return [
        *("docker", "run", "--rm", "--init", "--read-only", "--tmpfs", "/tmp"),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--shm-size", "256m"),
        *("--stop-timeout", str(int(serving.drain_timeout) + 10)),
        *(word for ours, theirs in ports for word in ("--publish", f"{serving.bracketed}:{ours}:{theirs}")),
        *("--volume", f"{folder}:/models:ro"),
        *(("--gpus", "all") if gpus else ()),
        image,
        "/models",
    ]


def run(command: list[str]) -> int:
    """Run the container until it ends, and tell it to stop where we are told.

    Raises ServerError where there is no Docker.
    """
    if shutil.which(command[0]) is None:
        raise ServerError(f"docker is not installed here; elsewhere this serves it: {shlex.join(command)}")
    told = Stop()
    told.set_on("SIGTERM", "SIGHUP")
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            with suppress(KeyboardInterrupt):  # the terminal tells the container as well
                if told.wait(_POLL):
                    process.terminate()
                    return process.wait()
        return process.returncode
