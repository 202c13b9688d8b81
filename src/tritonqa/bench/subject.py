"""A target that is open: asked, weighed, compared with the reference."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tritonqa.bench.cost import TOKENS, cost, local_server, server_counters, settled_counters
from tritonqa.bench.generator import Generator, ThreadGenerator
from tritonqa.bench.load import Load
from tritonqa.bench.options import BenchOptions
from tritonqa.bench.process_generator import ProcessGenerator
from tritonqa.bench.profile import Profiled, Stages, served_stages
from tritonqa.bench.round import Stop, Tick
from tritonqa.bench.samples import FAILED, Samples
from tritonqa.bench.served import served
from tritonqa.bench.steal import CoreTime, core_time
from tritonqa.bench.target import Target
from tritonqa.bench.workload import Workload
from tritonqa.errors import InputError
from tritonqa.reader.in_process import InProcess
from tritonqa.triton.server.registry import Running

_FIRST = 32  # asks of all lengths that are asked before anything is timed: engines prepare for each length


@dataclass(slots=True)
class Measured:
    """Rounds of one load on one target, and what they cost; cpu has each round's seconds, NaN if unknown."""

    target: Target
    load: Load
    rounds: list[Samples] = field(default_factory=list)
    client_cpu: float = 0.0
    server_cpu: float | None = None
    cpu: list[float] = field(default_factory=list)
    busy: float = 0.0
    processes: int = 1
    cores: CoreTime = field(default_factory=CoreTime)


class Subject:
    """A target, opened, with what generates load on it."""

    def __init__(self, target: Target, workload: Workload, how: BenchOptions) -> None:
        """Open the target; raises what loading a reader does, InputError for processes in process."""
        if target.url is None and (how.processes or 1) > 1:
            raise InputError(
                "processes ask a Triton; a reader in process is asked from its own: leave it away"
            )
        self.target = target
        self.workload = workload
        self.backend = target.open()
        self.server: Running | None = local_server(target.url)
        self.in_process = self.backend if isinstance(self.backend, InProcess) else None
        self.profiled = Profiled(self.in_process) if how.profile and self.in_process is not None else None
        self.generator: Generator = ThreadGenerator(self.profiled or self.backend, workload)
        self.answers: dict[int, int] = {}  # index of an ask → fingerprint of its first answer
        self.notes: list[str] = []
        self._counters = self._before = server_counters(self.server)
        self._is_profiled = how.profile
        if (how.processes or 1) > 1:
            self.ask_from(how.processes or 1)

    def first_asks(self, stop: Stop) -> None:
        """Ask once for each of many lengths."""
        asks = self.workload.asks
        order = sorted(range(len(asks)), key=lambda i: sum(map(len, asks[i].passages)))
        for i in order[:: max(1, len(order) // _FIRST)] + order[-1:]:
            if stop.is_set():
                return
            self.backend.answer(asks[i], self.backend.decoding)

    def ask_from(self, processes: int) -> None:
        """Ask from so many processes from now on."""
        self.generator = ProcessGenerator(self.target, self.workload, processes)

    def measure(self, into: Measured, seconds: float, seed: int, stop: Stop, tick: Tick) -> None:
        """Run a round and add it to what was measured."""
        before, cores = cost(self.server), core_time()
        made = self.generator.run(into.load, seconds, seed, stop, tick)
        spent = cost(self.server).since(before)
        into.cores += core_time().since(cores)
        known = spent.server is not None and (not into.rounds or into.server_cpu is not None)
        into.server_cpu = (into.server_cpu or 0.0) + (spent.server or 0.0) if known else None
        into.rounds.append(made.samples)
        into.client_cpu += made.cpu
        unseen = self.server is not None and spent.server is None
        into.cpu.append(math.nan if unseen else made.cpu + (spent.server or 0.0))
        into.busy = max(into.busy, made.busy)
        into.processes = self.generator.processes
        self._remember(made.samples)

    def padding_share(self) -> float | None:
        """Say which share of the tokens computed only filled up lengths; None where that can't be seen."""
        if self.in_process is not None:
            prepared = [self.in_process.prepare(ask).windows for ask in self.workload.asks[:64]]
            windows = [window for part in prepared for window in part]
            return 1 - sum(map(len, windows)) / max(1, self.in_process.flow.engine.computed(windows))
        now = server_counters(self.server)
        useful, filled = (now.get(name, 0.0) - self._counters.get(name, 0.0) for name in TOKENS)
        return filled / (useful + filled) if useful else None

    def engine(self) -> str | None:
        """Name the engine and its precision; None for a server's, which is its own to choose."""
        engine = self.in_process and self.in_process.flow.engine
        return f"{engine.name}/{engine.precision}" if engine else None

    def begin_stages(self) -> None:
        """Let stages count from now on."""
        if self.profiled is not None:
            self.profiled.take(0.0)
        elif self._is_profiled:
            self._before = settled_counters(self.server)

    def stages(self, mean_seconds: float) -> Stages | None:
        """Return where the time of the asks since begin_stages went, mean_seconds each; None if unseen."""
        if self.profiled is not None:
            return self.profiled.take(mean_seconds)
        if not self._is_profiled or self.server is None:
            return None
        return served_stages(self._before, settled_counters(self.server), mean_seconds)

    def close(self) -> None:
        """Let go of the target."""
        self.generator.close()
        self.backend.close()

    def _remember(self, samples: Samples) -> None:
        for number, answer in zip(samples.number.tolist(), samples.answers.tolist(), strict=True):
            if answer != FAILED:
                self.answers.setdefault(number % len(self.workload), answer)


@contextmanager
def opened(target: Target, workload: Workload, how: BenchOptions) -> Iterator[Subject]:
    """Open a target, with a server of its own where it asks for one, and close it."""
    with served(target) as placed:
        subject = Subject(placed, workload, how)
        try:
            yield subject
        finally:
            subject.close()


def differing(rounds: list[Samples], reference: dict[int, int], asks: int) -> tuple[int, int]:
    """Count the answers that differ from the reference, and those that could be compared."""
    compared = wrong = 0
    for samples in rounds:
        for number, answer in zip(samples.number.tolist(), samples.answers.tolist(), strict=True):
            known = reference.get(number % asks)
            if answer != FAILED and known is not None:
                compared += 1
                wrong += answer != known
    return wrong, compared
