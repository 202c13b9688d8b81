"""Asks that are sent when they are due, whatever became of those before them."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError, Future
from functools import partial
from time import perf_counter

from tritonqa.answers import Answers
from tritonqa.bench.load import arrivals
from tritonqa.bench.round import POLL, Round, wait_until
from tritonqa.bench.samples import Recorder, Samples

_LOOK = 0.005  # seconds between looks at what is under way
_GRACE = 2.0  # seconds, or as long as the round was, that a sender who is late goes on
_DRAIN = 10.0  # seconds for what is under way when the last ask was sent, at least


def open_loop(this: Round) -> Samples:
    """Send asks at a rate, at random (a Poisson process); wait for what is under way in the end.

    Asks that could not even be sent long after the round was over count as errors.
    """
    assert this.load.rate is not None
    recorder, under_way = Recorder(this.begin), _UnderWay()
    options, shown = this.backend.decoding, 0.0
    dues = (this.begin + arrivals(this.load.rate, this.seconds, this.seed)).tolist()
    for place, due in enumerate(dues):
        if not wait_until(due, this, recorder):
            break
        if perf_counter() > this.end + max(_GRACE, this.seconds):
            for late in dues[place:]:
                recorder.failed(next(this.numbers), late, late, TimeoutError("due, and could not be sent"))
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
    """The asks that were sent and are not done; a set's own steps are whole, so it needs no lock."""

    def __init__(self) -> None:
        self.ended = False
        self._futures: set[Future[Answers]] = set()
        self.add, self.remove = self._futures.add, self._futures.discard

    def drain(self, this: Round, recorder: Recorder) -> None:
        """Wait until all are done; drop those that are not in time, which then count as errors."""
        until = perf_counter() + max(_DRAIN, this.seconds)
        while self._futures and perf_counter() < until and not this.over(recorder):
            time.sleep(_LOOK)
        self.ended = this.over(recorder)
        for future in list(self._futures):
            future.cancel()


def _note(
    recorder: Recorder, under_way: _UnderWay, number: int, due: float, sent: float, done: Future[Answers]
) -> None:
    try:
        recorder.answered(number, due, sent, done.result())
    except CancelledError:
        if not under_way.ended:
            recorder.failed(number, due, sent, TimeoutError("no answer by the end"))
    except Exception as error:  # noqa: BLE001 - counted, whatever it is
        recorder.failed(number, due, sent, error)
    under_way.remove(done)
