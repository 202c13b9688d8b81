"""Measure `tritonqa bench` itself: its own cost, whether its intervals hold, and the knee it finds.

    python benchmarks/harness.py [--pairs N] [--seconds S] [--knee-seconds S]

cost: the CPU time of the open loop at 500 asks a second, asked of something that has the answer already; of a
thread that only sleeps as often; and of one that also asks that reader and records nothing. repeats: pairs of
runs of the toy engine, of which 19 in 20 must differ by less than intervals say. knees: what a sweep of the
toy engine and of the packaged reader keeps up with, over the closed loop's throughput.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from threading import Event
from typing import Any

import numpy as np
from record import record

from tritonqa.answers import Answers, Calibration
from tritonqa.bench import BenchOptions, Load, Target, bench, squad_sample
from tritonqa.bench.compare import compare
from tritonqa.bench.generator import ThreadGenerator
from tritonqa.bench.load import arrivals
from tritonqa.bench.sweep import sweep
from tritonqa.progress import Step
from tritonqa.reader.backend import StartAsk
from tritonqa.reader.find import PACKAGED
from tritonqa.spans import Decoding
from tritonqa.text import Ask

TOY = Target(engine="toy")
RATE = 500.0


class Ready:
    """A reader that has its answer: what is left is the harness."""

    fingerprint = ""
    lookahead = 1
    decoding = Decoding()
    calibration: Calibration | None = None

    def __init__(self) -> None:
        """Ask the toy engine once."""
        backend = TOY.open()
        self._answers = backend.answer(squad_sample()[0], backend.decoding)
        backend.close()

    def start(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Future[Answers]:
        """Give the answer."""
        future: Future[Answers] = Future()
        future.set_result(self._answers)
        return future

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Give the answer."""
        return self._answers

    def stream(self) -> AbstractContextManager[StartAsk]:
        """Give start."""
        return nullcontext(self.start)

    def close(self) -> None:
        """Hold nothing."""


def cost(seconds: float) -> dict[str, float]:
    """Return the share of a core that the open loop takes at RATE."""
    reader, work = Ready(), squad_sample()
    generator = ThreadGenerator(reader, work)
    used = time.process_time()
    made = generator.run(Load(rate=RATE), seconds, 1, Event(), lambda passed: None)
    spent = time.process_time() - used
    return {
        "asks": len(made.samples),
        "of": len(work),
        "core_share": spent / seconds,
        "sleep_core_share": between(seconds, lambda: None),
        "sleep_and_reader_core_share": between(seconds, lambda: reader.start(work[0], reader.decoding)),
    }


def between(seconds: float, act: Callable[[], object]) -> float:
    """Return the share of a core that it takes to sleep, act, and sleep again."""
    dues = arrivals(RATE, seconds, 1)
    used = time.process_time()
    for gap in np.diff(dues, prepend=0.0).tolist():
        time.sleep(gap)
        act()
    return (time.process_time() - used) / seconds


def repeats(pairs: int, seconds: float) -> dict[str, Any]:
    """Measure the same thing twice, again and again; count how often the two are within noise."""
    how = BenchOptions(seconds, 0.3)
    verdicts = []
    for _ in range(pairs):
        first, second = (bench([TOY], squad_sample(), [Load(clients=4)], how).to_dict() for _ in range(2))
        (pair,) = compare(first, second)
        stolen = [run["stolen_share"] for one in (first, second) for run in one["runs"]]
        ratio = pair.ratios["asks_per_second"]
        verdicts.append({"verdict": pair.verdict, **asdict(ratio), "stolen_shares": stolen})
    same = sum(one["verdict"] == "within noise" for one in verdicts)
    return {"pairs": pairs, "within_noise": same, "each": verdicts}


def knee(target: Target, seconds: float) -> dict[str, Any]:
    """Sweep a reader."""
    found = sweep([target], squad_sample(), BenchOptions(seconds, 0.3)).knees[0]
    return {**found, "over_closed_loop": found["asks_per_second"] / found["closed_loop_asks_per_second"]}


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=2.0, help="of a run of a pair")
    parser.add_argument("--knee-seconds", type=float, default=20.0, help="at each rate of a sweep")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    found = {
        "cost": cost(5.0),
        "knees": [knee(target, options.knee_seconds) for target in (TOY, Target(PACKAGED))],
        "repeats": repeats(options.pairs, options.seconds),
    }
    record("harness", {"load_before": load, "load_after": os.getloadavg()[0], **found})


if __name__ == "__main__":
    main()
