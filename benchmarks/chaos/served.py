"""A server as its users start it, at the far end of a network, on a disk that may fill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.network import Network

_TRITONQA = [sys.executable, "-c", "from tritonqa.cli.main import main; main()"]
_OPTIONS = ("--json", "--no-logits", "--logs", "none")
_PORTS = ("--http-port", "0", "--grpc-port", "0", "--metrics-port", "0")


@dataclass(frozen=True)
class Served:
    """Its supervisor, its addresses, its state folder, and the network it is on."""

    supervisor: int
    http: str
    grpc: str
    state: Path
    network: Network

    @property
    def triton(self) -> int:
        """Return the server's number; raises ProcessLookupError where there is none."""
        children = Path(f"/proc/{self.supervisor}/task/{self.supervisor}/children").read_text().split()
        if not children:
            raise ProcessLookupError("the server is not there")
        return int(children[0])

    def update(self) -> subprocess.CompletedProcess[str]:
        """Load the reader again, as the next version."""
        command = [*self.network.prefix, *_TRITONQA, "triton", "update"]
        return subprocess.run(command, env=_environment(self.state), capture_output=True, text=True)


@contextmanager
def served(state: Path, network: Network, engine: str | None = None) -> Iterator[Served]:
    """Start it, and end it."""
    chosen = ["--engine", engine] if engine else []
    command = [*network.prefix, *_TRITONQA, "serve", *_OPTIONS, *_PORTS, "--host", "0.0.0.0", *chosen]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_environment(state)) as process:
        assert process.stdout is not None
        try:
            places = json.loads(process.stdout.readline())
            http, grpc = (places[name].replace("127.0.0.1", network.host) for name in ("http", "grpc"))
            yield Served(process.pid, http, grpc, state, network)
        finally:
            process.send_signal(signal.SIGTERM)


def _environment(state: Path) -> dict[str, str]:
    return {**os.environ, "XDG_STATE_HOME": str(state)}
