"""What a server is told, and what it inherits → its process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tritonqa.errors import ServerError
from tritonqa.protocol.contract import STOPPING
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server import processes
from tritonqa.triton.server.arguments import listening_arguments, serving_arguments
from tritonqa.triton.server.drain import stopping_file
from tritonqa.triton.server.held_file import HeldFile
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.plain_name import PlainName

EXIT_TIMEOUT = 3  # seconds to write what was answered; Triton would wait longer for idle connections


@dataclass(frozen=True, slots=True)
class Launched:
    """A server's process, and the folders it was given under plain names."""

    process: subprocess.Popen[str]
    folders: tuple[PlainName, ...]

    @property
    def lines(self) -> Iterator[str]:
        """Read what it says to the end, each folder as it is named."""
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                for folder in self.folders:
                    line = folder.shown(line)
                yield line.rstrip()


def launch(
    runtime: Runtime, repository: Path, serving: Serving, name: str, secret: str, file: HeldFile
) -> Launched:
    """Start a process that holds the file; raises ServerError where it can't be started."""
    try:
        with PlainName(runtime.folder) as ours, PlainName(repository) as models:
            plain = replace(runtime, folder=ours.path)
            command = [
                str(plain.server),
                f"--id={name}",
                f"--backend-directory={plain.backends}",
                f"--backend-config=python,shm-region-prefix-name={name}",
                *serving_arguments(models.path, secret, EXIT_TIMEOUT, serving.rate_limit),
                *listening_arguments(serving),
            ]
            handles = (file.fileno(), *ours.handles, *models.handles)
            environment = {**plain.environment(), STOPPING: str(stopping_file(name))}
            return Launched(_start(command, environment, handles), (ours, models))
    except OSError as error:
        raise ServerError(f"Triton could not be started from {runtime.folder}: {error.strerror}") from error


def _start(
    command: list[str], environment: dict[str, str], handles: tuple[int, ...]
) -> subprocess.Popen[str]:
    """Start a process that leads its own group, with what it says on one pipe."""
    with processes.large_stacks(), processes.batch_scheduling():
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            pass_fds=handles,
        )
