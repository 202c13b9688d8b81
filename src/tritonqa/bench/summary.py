"""Rounds → a run: the figures that are reported."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tritonqa.bench.load import Load
from tritonqa.bench.samples import Samples
from tritonqa.bench.statistics import (
    QUANTILES,
    Interval,
    blocks_of,
    draws,
    geometric_mean,
    quantile,
    slowdown,
    throughput,
)
from tritonqa.bench.subject import Measured

_CURVE = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
BUSY = 0.7  # of a core: a client process that uses more can't be sure to send in time
_SLOWED = 0.7  # last third over first
_FEW = 20  # asks
_LEFT = 0.05  # of a round's seconds
_STOLEN = 0.02  # of the cores' time
_STOLEN_AT_MOST = 0.99  # what ran at all had something left
_STEAL_COSTS = 1.5  # power of what was left of the cores that the rate follows: caches are shared too


@dataclass(frozen=True, slots=True)
class Run:
    """One load on one reader: throughput, latency (milliseconds), cost; None where nothing was seen.

    target is the reader as it was asked for: with its engine, and over what.
    intervals hold what a figure lies between in 95 of 100 cases, on this machine alone: it could be faster by
    what other guests of its host took, stolen_share of its cores. curve is [share of asks, milliseconds];
    differing counts the answers, of those compared, that are not the reference's; notes say what a reader of
    these figures must know.
    """

    target: str
    reader: str
    over: str
    engine: str | None
    clients: int | None
    rate: float | None
    seconds: float
    asks: int
    asks_per_second: float
    p50_ms: float | None
    p90_ms: float | None
    p99_ms: float | None
    intervals: dict[str, tuple[float, float]]
    cpu_ms_per_ask: float | None
    client_cpu_ms_per_ask: float | None
    server_cpu_ms_per_ask: float | None
    errors: int
    error_kinds: dict[str, int]
    differing: int
    compared: int
    processes: int
    late_p99_ms: float | None
    stolen_share: float | None
    padding_share: float | None
    memory_mb: dict[str, float]
    curve: list[tuple[float, float]]
    notes: list[str]
    machine: str
    stages: dict[str, dict[str, float]] | None = None

    @property
    def load(self) -> str:
        """Name the load."""
        return str(Load(self.clients, self.rate))

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON holds."""
        return asdict(self)


def figures(measured: Measured) -> dict[str, Any]:
    """Return the figures of throughput, latency, cost and errors of what was measured."""
    rounds = measured.rounds
    blocks = blocks_of(rounds)
    drawn = draws(blocks)
    stolen = measured.cores.share
    slower = (1 - min(stolen or 0.0, _STOLEN_AT_MOST)) ** _STEAL_COSTS
    rate = throughput(blocks, drawn)
    shares = {f"p{round(100 * share)}_ms": quantile(blocks, drawn, share) for share in QUANTILES}
    found = {"asks_per_second": Interval(rate.value, rate.low, rate.high / slower)} | {
        name: Interval(it.value, it.low * slower, it.high).times(1e3) for name, it in shares.items() if it
    }
    if (spent := _cpu_interval(measured)) is not None:
        found["cpu_ms_per_ask"] = spent.times(1e3)
    asks = len(blocks.latency)
    faults = sum((samples.faults for samples in rounds), Counter[str]())
    costs = {
        "client": 1e3 * measured.client_cpu / asks if asks else None,
        "server": 1e3 * measured.server_cpu / asks if asks and measured.server_cpu is not None else None,
    }
    sent = [samples.sent - samples.due for samples in rounds]
    late = 1e3 * float(np.quantile(np.concatenate(sent), 0.99)) if asks else None
    levels = np.quantile(blocks.latency, _CURVE) if asks else np.empty(0)
    return {
        "seconds": round(sum(samples.seconds for samples in rounds), 3),
        "asks": asks,
        **{name: found[name].value if name in found else None for name in ("asks_per_second", *shares)},
        "intervals": {name: (it.low, it.high) for name, it in found.items()},
        "cpu_ms_per_ask": sum(value for value in costs.values() if value is not None) if asks else None,
        **{f"{name}_cpu_ms_per_ask": value for name, value in costs.items()},
        "errors": sum(faults.values()),
        "error_kinds": dict(faults.most_common(5)),
        "late_p99_ms": late,
        "stolen_share": stolen,
        "curve": [(share, 1e3 * float(level)) for share, level in zip(_CURVE, levels, strict=False)],
    }


def notes(measured: Measured, found: dict[str, Any], remote: bool, wrong: int, compared: int) -> list[str]:
    """Say what a reader of the figures must know."""
    gone = dict.fromkeys(samples.gone for samples in measured.rounds if samples.gone)
    said = [f"the round ended early: {error}" for error in gone]
    if found["errors"]:
        said.append(f"{found['errors']} asks got an error; most: {next(iter(found['error_kinds']))}")
    if 0 < found["asks"] < _FEW:
        said.append(f"{found['asks']} asks are too few to tell how fast it is: give more --seconds")
    if wrong:
        said.append(f"{wrong} of {compared} answers differ from the reference")
    first, last = slowdown(blocks_of(measured.rounds))
    if first and last / first < _SLOWED and found["asks"] > 50:
        said.append(f"it slowed down: from {first:.1f} to {last:.1f} asks/s")
    if (found["stolen_share"] or 0.0) > _STOLEN:
        said.append(f"other guests of the host took {found['stolen_share']:.0%} of this machine's cores")
    if remote and measured.busy > BUSY:
        said.append(
            f"a client process was busy {measured.busy:.0%} of the time: it limits what is measured; "
            "give more with --processes"
        )
    rate = measured.load.rate
    if rate is not None and not kept_up(measured.rounds):
        said.append(
            f"{rate:g} asks/s were due and {found['asks_per_second']:.1f} were answered: more than client "
            "and reader can do together"
        )
    return said


def _cpu_interval(measured: Measured) -> Interval | None:
    """Return CPU-seconds an ask from round to round; None of a single round, or where not all are known."""
    answered = [int(samples.good.sum()) for samples in measured.rounds]
    if len(answered) < 2 or len(measured.cpu) != len(answered) or 0 in answered:
        return None
    found = geometric_mean([spent / asks for spent, asks in zip(measured.cpu, answered, strict=True)])
    return None if math.isnan(found.value) else found


def mean_latency(rounds: Sequence[Samples]) -> float:
    """Return the mean latency (seconds) of the asks that were answered, 0 where none was."""
    times = np.concatenate([(samples.done - samples.due)[samples.good] for samples in rounds])
    return float(times.mean()) if len(times) else 0.0


def kept_up(rounds: Sequence[Samples]) -> bool:
    """Say whether asks that came at a rate were answered as they came: without errors, and none left over.

    What is left over when the last ask is due takes time; a twentieth of the round and an ask's own time are
    allowed for that.
    """
    for samples in rounds:
        if not len(samples) or not samples.good.all():
            return False
        usual = float(np.quantile(samples.done - samples.due, 0.1))
        if samples.done.max() - samples.begin - samples.seconds > _LEFT * samples.seconds + 2 * usual:
            return False
    return True
