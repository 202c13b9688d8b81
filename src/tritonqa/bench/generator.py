"""The load generator: rounds of asks from this process."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from time import perf_counter, process_time
from typing import Protocol

from tritonqa.bench.closed_loop import closed_loop
from tritonqa.bench.load import Load
from tritonqa.bench.open_loop import open_loop
from tritonqa.bench.round import Round, Stop, Tick
from tritonqa.bench.samples import Samples
from tritonqa.bench.workload import Workload
from tritonqa.reader.backend import Backend


@dataclass(frozen=True, slots=True)
class Generated:
    """A round's samples, the CPU-seconds of the processes that asked, the largest share of a core of one."""

    samples: Samples
    cpu: float
    busy: float


class Generator(Protocol):
    """What puts a load on a reader, from so many processes."""

    processes: int

    def run(self, load: Load, seconds: float, seed: int, stop: Stop, tick: Tick) -> Generated:
        """Ask for some seconds, and wait for what is under way then."""

    def close(self) -> None:
        """End what asks; the reader stays open."""


class ThreadGenerator:
    """Ask from threads of this process."""

    processes = 1

    def __init__(self, backend: Backend, workload: Workload) -> None:
        """Take a reader that is open."""
        self._backend = backend
        self._workload = workload
        self._numbers = count()

    def run(self, load: Load, seconds: float, seed: int, stop: Stop, tick: Tick) -> Generated:
        """Put a load on the reader; see Generator."""
        begin = perf_counter()
        return run_round(
            Round(self._backend, self._workload, load, begin, seconds, self._numbers, stop, tick, seed)
        )

    def close(self) -> None:
        """Do nothing: threads end with their round."""


def run_round(this: Round) -> Generated:
    """Run a round in this process."""
    used = process_time()
    samples = open_loop(this) if this.load.clients is None else closed_loop(this)
    spent = process_time() - used
    return Generated(samples, spent, spent / max(perf_counter() - this.begin, 1e-9))
