"""Asks that are sent when they are due, whatever became of those before them."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, Future
from functools import partial
from time import perf_counter

from tritonqa.answers import Answers
from tritonqa.bench.load import arrivals
from tritonqa.bench.round import POLL, Round, wait_until
from tritonqa.bench.samples import Recorder, Samples

_DRAIN = 10.0  # seconds for what is under way when the last ask was sent, at least


def open_loop(this: Round) -> Samples:
    """Send asks at a rate, at random (a Poisson process); wait for what is under way in the end."""
    assert this.load.rate is not None
    recorder, under_way = Recorder(this.begin), _UnderWay()
    options, shown = this.backend.decoding, 0.0
    for due in (this.begin + arrivals(this.load.rate, this.seconds, this.seed)).tolist():
        if not wait_until(due, this, recorder):
            break
        number, sent = next(this.numbers), perf_counter()
        if sent - shown > POLL:
            this.tick(this.passed())
            shown = sent
        try:
            future = this.backend.start(this.workload[number], options)
        except Exception as error:  # noqa: BLE001 - counted, whatever it is
            recorder.failed(number, due, sent, error)
        else:
            under_way.add(future)
            future.add_done_callback(partial(_note, recorder, under_way, number, due, sent))
    passed = this.passed()
    under_way.drain(this, recorder)
    return recorder.samples(passed)


class _UnderWay:
    """The asks that were sent and are not done."""

    def __init__(self) -> None:
        self.ended = False
        self._futures: set[Future[Answers]] = set()
        self._change = threading.Condition()

    def add(self, future: Future[Answers]) -> None:
        with self._change:
            self._futures.add(future)

    def remove(self, future: Future[Answers]) -> None:
        with self._change:
            self._futures.discard(future)
            if not self._futures:
                self._change.notify_all()

    def drain(self, this: Round, recorder: Recorder) -> None:
        """Wait until all are done; drop those that are not in time, which then count as errors."""
        until = perf_counter() + max(_DRAIN, this.seconds)
        with self._change:
            while self._futures and perf_counter() < until and not this.over(recorder):
                self._change.wait(POLL)
            left, self.ended = list(self._futures), this.over(recorder)
        for future in left:
            future.cancel()


def _note(
    recorder: Recorder, under_way: _UnderWay, number: int, due: float, sent: float, done: Future[Answers]
) -> None:
    under_way.remove(done)
    error = CancelledError("no answer by the end") if done.cancelled() else done.exception()
    if error is None:
        recorder.answered(number, due, sent, done.result())
    elif not under_way.ended:
        recorder.failed(number, due, sent, error)
