"""The servers that run under this user: one private file each, for the commands that manage them.

A supervisor may have a folder beside its file, which goes with it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from tritonqa.errors import ServerError
from tritonqa.triton.server import processes

_NAME = re.compile("tritonqa-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Running:
    """A server: the process that minds it, its own process and name, its secret, and where it answers."""

    supervisor: int
    pid: int
    name: str
    secret: str
    http: str
    grpc: str
    metrics: str
    repository: str

    def write(self) -> None:
        """Write the file, readable by this user alone."""
        path = _folder() / f"{self.name}.json"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)

    def remove(self) -> None:
        """Remove the file."""
        (_folder() / f"{self.name}.json").unlink(missing_ok=True)


def running() -> list[Running]:
    """List the servers whose supervisor lives; end what the others left behind."""
    found = []
    for path in sorted(_folder().glob("*.json")):
        try:
            server = Running(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            continue
        if not _NAME.fullmatch(server.name):  # what is swept is found by its name
            continue
        if Path(f"/proc/{server.supervisor}").exists():
            found.append(server)
            continue
        processes.end_named(server.name)
        processes.free_memory(server.name)
        server.remove()
    for path in _folder().iterdir():
        if path.is_dir() and not Path(f"/proc/{path.name}").exists():
            shutil.rmtree(path, ignore_errors=True)
    return found


@contextmanager
def working_folder() -> Iterator[Path]:
    """Give this process a folder until the block is left; if it is killed, the next one removes it."""
    path = _folder() / str(os.getpid())
    shutil.rmtree(path, ignore_errors=True)  # one of the same number may have been killed
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def find(address: str | None = None) -> Running:
    """Return the server at an HTTP or gRPC address, or the only one; raises ServerError."""
    servers = running()
    match = [server for server in servers if address in (None, server.http, server.grpc)]
    if len(match) == 1:
        return match[0]
    have = ", ".join(server.http for server in servers) or "none"
    raise ServerError(f"which server? Those started by `tritonqa serve` under this user: {have}")


def _folder() -> Path:
    folder = Path(platformdirs.user_state_dir("tritonqa")) / "servers"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ServerError(f"{folder} can't be written: {error.strerror}; set XDG_STATE_HOME") from error
    return folder
