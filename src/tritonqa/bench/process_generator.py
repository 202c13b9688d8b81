"""The load generator where one process can't ask fast enough: several, each with its share."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from time import perf_counter
from typing import IO, Any

from tritonqa.bench.client_process import STOP, read
from tritonqa.bench.generator import Generated
from tritonqa.bench.load import Load
from tritonqa.bench.round import POLL, Stop, Tick
from tritonqa.bench.samples import joined
from tritonqa.bench.target import Target
from tritonqa.bench.workload import Workload
from tritonqa.errors import EngineError
from tritonqa.protocol.error_lines import from_line

_LEAD = 0.2  # seconds in which every process hears of a round


class ProcessGenerator:
    """Ask from processes of their own; they begin together and share the load."""

    def __init__(self, target: Target, workload: Workload, processes: int) -> None:
        """Start the processes; raises what opening the target raises."""
        self.processes = processes
        setup = {
            "target": asdict(target),
            "name": workload.name,
            "asks": [(ask.question, ask.passages) for ask in workload.asks],
            "fresh": workload.fresh,
            "parts": processes,
        }
        command = [sys.executable, "-c", "from tritonqa.bench.client_process import main; main()"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
        self._children = [subprocess.Popen(command, **pipes) for _ in range(processes)]
        self._waiting = ThreadPoolExecutor(processes, "tritonqa-bench")
        try:
            for part, child in enumerate(self._children):
                _tell(child, setup | {"part": part})
            for child in self._children:
                _hear(child)
        except BaseException:
            self.close()
            raise

    def run(self, load: Load, seconds: float, seed: int, stop: Stop, tick: Tick) -> Generated:
        """Put the load on the target; see Generator."""
        asking = self._children[: load.clients]  # each has one client at least, or a share of the rate
        begin, parts = perf_counter() + _LEAD, len(asking)
        for part, child in enumerate(asking):
            share = load.share(part, parts)
            round_ = {"begin": begin, "seconds": seconds, "seed": seed * parts + part}
            _tell(child, {"load": asdict(share), **round_})
        heard = [self._waiting.submit(_hear, child) for child in asking]
        while not all(future.done() for future in heard) and not stop.wait(POLL):
            tick(max(0.0, min(seconds, perf_counter() - begin)))
        if stop.is_set():
            for child in asking:
                _write(child, STOP)
        made = [read(future.result()) for future in heard]
        samples = joined([one.samples for one in made])
        return Generated(samples, sum(one.cpu for one in made), max(one.busy for one in made))

    def close(self) -> None:
        """End the processes."""
        for child in self._children:
            _pipe(child.stdin).close()
        for child in self._children:
            child.wait()
            _pipe(child.stdout).close()
        self._waiting.shutdown()


def _tell(child: subprocess.Popen[str], record: dict[str, Any]) -> None:
    _write(child, json.dumps(record))


def _write(child: subprocess.Popen[str], line: str) -> None:
    try:
        _pipe(child.stdin).write(line + "\n")
        _pipe(child.stdin).flush()
    except OSError as error:
        raise EngineError(f"a client process ended ({error}); its own words are above") from error


def _hear(child: subprocess.Popen[str]) -> dict[str, Any]:
    line = _pipe(child.stdout).readline()
    if not line:
        raise EngineError("a client process ended; its own words are above")
    record: dict[str, Any] = json.loads(line)
    if "error" in record:
        raise from_line(record["error"])
    return record


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe
