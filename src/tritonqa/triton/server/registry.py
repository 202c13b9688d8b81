"""The servers that run under this user: one private file each, for the commands that manage them.

A minder may have a folder beside them, which goes with it. Other containers and machines may share it all.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tritonqa.errors import ServerError
from tritonqa.folders import state_folder
from tritonqa.triton.server import processes
from tritonqa.triton.server.held_file import HeldFile, is_held
from tritonqa.triton.server.minder import Minder

_NAME = re.compile("tritonqa-[0-9a-f]{8}")
_MINDER = "minder.json"


@dataclass(frozen=True, slots=True)
class Running:
    """A server: the process that minds it, its own process and name, its secret, and where it answers."""

    minder: Minder
    pid: int
    name: str
    secret: str
    http: str
    grpc: str
    metrics: str
    repository: str

    def write(self, file: HeldFile) -> None:
        """Write the server's file; raises ServerError where that can't be written."""
        with _said():
            file.write(asdict(self))


def running() -> list[Running]:
    """List the servers that are minded nearby; end what dead minders left, and leave other places alone."""
    return [server for server in _living() if server.minder.is_near]


def register(name: str) -> HeldFile:
    """Make the file of a server that is to be started and to inherit it; see Running.write."""
    with _said():
        return HeldFile(_folder() / f"{name}.json")


@contextmanager
def working_folder() -> Iterator[Path]:
    """Give this process a folder until the block is left; if it is killed, the next one removes it.

    Raises ServerError where none can be made.
    """
    minder = Minder.here()
    with _said():
        folder = Path(tempfile.mkdtemp(prefix=f"{minder.pid}-", dir=_folder()))
        held = HeldFile(folder / _MINDER)
        held.write(asdict(minder))
    try:
        yield folder
    finally:
        held.remove()
        shutil.rmtree(folder, ignore_errors=True)


def find(address: str | None = None) -> Running:
    """Return the server at an HTTP or gRPC address, or the only one; raises ServerError."""
    living = _living()
    servers = [server for server in living if server.minder.is_near]
    match = [server for server in servers if address in (None, server.http, server.grpc)]
    if len(match) == 1:
        return match[0]
    have = ", ".join(server.http for server in servers) or "none"
    other = ", ".join(server.http for server in living if server not in servers)
    elsewhere = f"; in other containers or machines, where this command must run: {other}" if other else ""
    raise ServerError(f"which server? Those started by `tritonqa serve` under this user: {have}{elsewhere}")


def _living() -> list[Running]:
    """List the servers of all minders that may live, and remove what the others left."""
    found = []
    with _said():
        paths = sorted(_folder().iterdir())
    for path in (path for path in paths if path.suffix == ".json"):
        server = _read_server(path)
        if server is None or not _NAME.fullmatch(server.name):  # what is swept is found by its name
            continue
        if server.minder.lives(held=is_held(path)):
            found.append(server)
        else:
            _sweep(server, path)
    for folder in (path for path in paths if path.suffix != ".json"):
        minder = _read_minder(folder / _MINDER)
        served = any(Path(server.repository).is_relative_to(folder) for server in found)
        if minder and not served and not minder.lives(held=is_held(folder / _MINDER)):
            shutil.rmtree(folder, ignore_errors=True)
    return found


def _sweep(server: Running, path: Path) -> None:
    """End what a server's minder left: processes are here only where its own was."""
    if server.minder.is_near:
        processes.end_named(server.name)
    processes.free_memory(server.name)
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _read_server(path: Path) -> Running | None:
    """Read a server's file; None for one that is being written, or is another version's."""
    record = _read(path)
    try:
        return Running(**{**record, "minder": Minder(**record["minder"])})
    except (KeyError, TypeError):
        return None


def _read_minder(path: Path) -> Minder | None:
    try:
        return Minder(**_read(path))
    except TypeError:
        return None


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _folder() -> Path:
    with _said():
        folder = state_folder() / "servers"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder


@contextmanager
def _said() -> Iterator[None]:
    """Say in one sentence why the records of servers can't be written."""
    try:
        yield
    except OSError as error:
        why = f"{error.filename or 'the list of servers'} can't be written: {error.strerror or error}"
        raise ServerError(f"{why}; set XDG_STATE_HOME to a folder that can be") from error
