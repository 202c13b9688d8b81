"""What a server costs: its processes' CPU time and memory, the tokens that it computed."""

from __future__ import annotations

import os
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tritonqa.triton.server import processes
from tritonqa.triton.server.server import Server

TICK = os.sysconf("SC_CLK_TCK")


def members(server: Server) -> dict[str, int]:
    """Name the server's processes: itself, and each model's."""
    found = {"server": server.process.pid}
    for pid in processes.stubs(server.process.pid):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        found[Path(words[1]).parts[-3]] = pid
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Sum the CPU time that processes have used."""
    lines = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(line[11]) + int(line[12]) for line in lines) / TICK


def timed(pids: list[int], work: Callable[[], int]) -> dict[str, float]:
    """Run work, which says how many asks it did: asks a second, CPU-milliseconds an ask."""
    used, begun = cpu_seconds(pids), time.perf_counter()
    done = work()
    seconds = time.perf_counter() - begun
    return {"rate": done / seconds, "cpu_ms": 1000 * (cpu_seconds(pids) - used) / done}


def memory(pid: int) -> float:
    """Say how much memory is this process's own, with its share of what is shared (PSS), in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def tokens(server: Server) -> dict[str, float]:
    """Read how many tokens were computed: those of windows, and those that only filled up lengths."""
    time.sleep(1.5)  # metrics are told once a second
    with urllib.request.urlopen(f"{server.metrics}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    names = {"useful": "tritonqa_tokens{", "padding": "tritonqa_padding_tokens{"}
    return {
        key: sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))
        for key, name in names.items()
    }
