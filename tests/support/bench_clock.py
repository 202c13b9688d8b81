"""A backend on a clock that only moves when somebody works, for what a load generator does in time."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from itertools import count

from tritonqa.answers import Answer, Answers, Calibration
from tritonqa.bench import Load, Workload
from tritonqa.bench.round import Round
from tritonqa.progress import Step
from tritonqa.reader.backend import Backend, StartAsk
from tritonqa.spans import Decoding
from tritonqa.text import Ask

ASKS = (Ask.of("Who sings?", "Nina sings."), Ask.of("Who ran?", "Bo ran home."))


class Clock:
    """Time that passes only as somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Slow:
    """A backend whose asks take seconds of the clock, one after the other; some fail."""

    fingerprint = ""
    lookahead = 1
    decoding = Decoding()
    calibration: Calibration | None = None

    def __init__(self, clock: Clock, seconds: float, fails: frozenset[int] = frozenset()) -> None:
        self._clock, self._seconds, self._fails = clock, seconds, fails
        self._number = count()

    def start(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Future[Answers]:
        future: Future[Answers] = Future()
        try:
            future.set_result(self.answer(ask, options))
        except RuntimeError as error:
            future.set_exception(error)
        return future

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        self._clock.now += self._seconds
        if next(self._number) in self._fails:
            raise RuntimeError("it broke")
        return Answers(ask.question, (Answer("x", 0, 1, 0.5, 0),), 0.1)

    def stream(self) -> AbstractContextManager[StartAsk]:
        return nullcontext(self.start)

    def close(self) -> None:
        """Nothing is held."""


def a_round(backend: Backend, workload: Workload, load: Load, begin: float, seconds: float) -> Round:
    return Round(backend, workload, load, begin, seconds, count(), threading.Event(), seed=3)
