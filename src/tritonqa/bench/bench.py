"""Readers, loads → runs: rounds in turn, so that what drifts on a machine meets all alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from typing import Any, Protocol

from tritonqa.bench.cost import memory_mb
from tritonqa.bench.load import Load
from tritonqa.bench.machine import busy, machine
from tritonqa.bench.options import BenchOptions
from tritonqa.bench.round import Stop, Tick
from tritonqa.bench.subject import Measured, Subject, differing, opened
from tritonqa.bench.summary import BUSY, Run, figures, mean_latency, notes
from tritonqa.bench.target import Target
from tritonqa.bench.workload import Workload
from tritonqa.engine import cpu


class Step(Protocol):
    """Told the seconds that were measured, and how many there will be where that is known."""

    def __call__(self, passed: float, total: float | None) -> None:
        """Take note."""


def no_step(passed: float, total: float | None) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Result:
    """All runs, what was asked, and on which machine; interrupted says that more were wanted.

    knees are those that a sweep found.
    """

    workload: str
    machine: dict[str, Any]
    date: str
    runs: list[Run] = field(default_factory=list)
    knees: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    interrupted: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON holds."""
        known = ("workload", "machine", "date", "notes", "knees", "interrupted")
        return {name: getattr(self, name) for name in known} | {"runs": [run.to_dict() for run in self.runs]}


def bench(
    targets: Sequence[Target],
    workload: Workload,
    loads: Sequence[Load],
    options: BenchOptions | None = None,
    *,
    stop: Stop | None = None,
    step: Step = no_step,
) -> Result:
    """Measure each target under each load; setting stop ends it with what was measured so far.

    Raises what loading a reader raises, before anything is measured; errors of asks are counted.
    """
    how, wish = options or BenchOptions(), stop or Event()
    result = begun(workload)
    with ExitStack() as stack:
        subjects = [stack.enter_context(opened(target, workload, how)) for target in targets]
        total = len(subjects) * len(loads) * (how.warmup + how.seconds)
        for subject in subjects:
            subject.first_asks(wish)
        for place, load in enumerate(loads):
            passed = place * total / len(loads)
            measured = measure(subjects, load, how, wish, behind(passed, lambda now: step(now, total)))
            result.runs += [summarise(part, subject, subjects[0], result) for part, subject in measured]
            if wish.is_set():
                result.interrupted = True
                break
    return result


def begun(workload: Workload) -> Result:
    """Return a result without runs: the machine, before anything was asked of it."""
    about = machine()
    said = busy(about)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Result(workload.name, about, now, notes=[said] if said else [])


def measure(
    subjects: Sequence[Subject], load: Load, how: BenchOptions, stop: Stop, tick: Callable[[float], None]
) -> list[tuple[Measured, Subject]]:
    """Warm each subject up, then measure them in turn, round by round; leave out those never reached."""
    passed = 0.0
    for subject in subjects:
        if how.warmup and not stop.is_set():
            warm = Measured(subject.target, load)
            subject.measure(warm, how.warmup, how.seed, stop, behind(passed, tick))
            passed += how.warmup
            if how.processes is None and subject.target.url and warm.busy > BUSY and warm.processes == 1:
                subject.ask_from(cpu.cores())
                said = f"one client process was busy {warm.busy:.0%} of the time: {cpu.cores()} ask now"
                subject.notes.append(said)
    found = [(Measured(subject.target, load), subject) for subject in subjects]
    for subject in subjects:
        subject.begin_stages()
    for number in range(how.rounds):
        for into, subject in found:
            if stop.is_set():
                break
            seed, seconds = how.seed + number + 1, how.seconds / how.rounds
            subject.measure(into, seconds, seed, stop, behind(passed, tick))
            passed += seconds
    return [(into, subject) for into, subject in found if any(map(len, into.rounds))]


def behind(passed: float, tick: Callable[[float], object]) -> Tick:
    """Return what tells tick the seconds of a round, those that passed before added."""

    def tell(now: float) -> None:
        tick(passed + now)

    return tell


def summarise(measured: Measured, subject: Subject, reference: Subject, result: Result) -> Run:
    """Return the run of what was measured."""
    found = figures(measured)
    wrong, compared = differing(measured.rounds, reference.answers, len(subject.workload))
    target = subject.target
    return Run(
        target=str(target),
        reader=target.reader,
        over=target.url.partition(":")[0] if target.url else target.over,
        engine=subject.engine(),
        clients=measured.load.clients,
        rate=measured.load.rate,
        differing=wrong,
        compared=compared,
        processes=measured.processes,
        padding_share=subject.padding_share(),
        memory_mb=memory_mb(subject.server),
        notes=[*subject.notes, *notes(measured, found, target.url is not None, wrong, compared)],
        machine=result.machine["kind"],
        stages=subject.stages(mean_latency(measured.rounds)),
        **found,
    )
