"""A load on a reader for some seconds.

Latency counts from when an ask was due: who sends late because the last answer was late must not hide that
(coordinated omission; Gil Tene's wrk2). A client of the closed loop is due when it has its last answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol, TypeAlias

from tritonqa.bench.load import Load
from tritonqa.bench.samples import Recorder
from tritonqa.bench.workload import Workload
from tritonqa.reader.backend import Backend

Tick: TypeAlias = Callable[[float], None]
"""Told, several times a second, how many seconds of a round have passed."""

POLL = 0.1  # seconds between looks at what may end a round early


class Stop(Protocol):
    """What ends a round early: a threading.Event, or what heeds signals."""

    def is_set(self) -> bool:
        """Say whether the round is to end."""

    def wait(self, timeout: float) -> bool:
        """Wait for it; say whether it is to end."""


@dataclass(frozen=True, slots=True)
class Round:
    """A load for some seconds from begin (perf_counter) on: who is asked what, and what ends it early.

    numbers are those of its asks, seed that of its dice.
    """

    backend: Backend
    workload: Workload
    load: Load
    begin: float
    seconds: float
    numbers: Iterator[int]
    stop: Stop
    tick: Tick = lambda passed: None
    seed: int = 0

    @property
    def end(self) -> float:
        """Say when the last ask can be due."""
        return self.begin + self.seconds

    def passed(self) -> float:
        """Say how many seconds of it have passed."""
        return max(0.0, min(self.seconds, perf_counter() - self.begin))

    def over(self, recorder: Recorder) -> bool:
        """Say whether it ends early: it was stopped, or nothing answers any more."""
        return recorder.gone is not None or self.stop.is_set()


def wait_until(moment: float, this: Round, recorder: Recorder) -> bool:
    """Sleep until a time of perf_counter; return False when the round ends before."""
    while not this.over(recorder):
        left = moment - perf_counter()
        if left <= 0:
            return True
        time.sleep(min(left, POLL))
    return False
