"""What asks cost: CPU time and memory of this process, and of a server on this machine that we can see."""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tritonqa.triton.server import processes
from tritonqa.triton.server.registry import Running, running

TOKENS = ("tritonqa_tokens", "tritonqa_padding_tokens")
_TOLD = 1.5  # seconds
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is this machine's own
WAITS = ("tritonqa_asks_begun", "tritonqa_queue_seconds", "tritonqa_engine_seconds")


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU-seconds until now of the clients and of the server, None where it can't be seen."""

    client: float
    server: float | None

    def since(self, before: Cost) -> Cost:
        """Return what was spent since then; of a server that lost a process meanwhile it is not known."""
        spent = None if self.server is None or before.server is None else self.server - before.server
        return Cost(self.client - before.client, None if spent is None or spent < 0 else spent)


def local_server(url: str | None) -> Running | None:
    """Find the server at an address among those that run on this machine under this user."""
    if url is None or not sys.platform.startswith("linux"):
        return None
    return next((server for server in running() if url in (server.http, server.grpc)), None)


def cost(server: Running | None) -> Cost:
    """Read the CPU time that this process and the server's have used."""
    living = processes.group(server.pid) if server is not None else ()
    return Cost(time.process_time(), sum(map(cpu_seconds, living)) if living else None)


def memory_mb(server: Running | None) -> dict[str, float]:
    """Say how many MB this process took at most (resident), and the server's hold now, by share (PSS)."""
    found = {}
    if sys.platform != "win32":
        import resource

        unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
        found["client"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20, 1)
    if server is not None:
        found["server"] = round(sum(map(share_mb, processes.group(server.pid))), 1)
    return found


def server_counters(server: Running | None) -> dict[str, float]:
    """Read off the server's metrics, a second old, what it ran and what asks waited for."""
    if server is None:
        return {}
    try:
        with _DIRECT.open(server.metrics, timeout=2) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return {}
    return {
        name: sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{name}{{"))
        for name in (*TOKENS, *WAITS)
    }


def settled_counters(server: Running | None) -> dict[str, float]:
    """Read the server's metrics when it has told of all that was asked: it tells of each once a second."""
    if server is not None:
        time.sleep(_TOLD)
    return server_counters(server)


def cpu_seconds(pid: int) -> float:
    """Read a process's CPU time in user and system mode; 0 for one that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    user, system = fields.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def share_mb(pid: int) -> float:
    """Read the MB that a process holds, shared pages by share (PSS); 0 for one that ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
