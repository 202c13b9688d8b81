from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest

from tests.support.bench_clock import Clock, Slow, a_round
from tritonqa.bench import Load, Workload
from tritonqa.bench.closed_loop import closed_loop
from tritonqa.bench.load import arrivals
from tritonqa.bench.open_loop import open_loop
from tritonqa.reader.in_process import InProcess


def test_the_open_loop_counts_from_when_an_ask_was_due(clock: Clock, workload: Workload) -> None:
    found = open_loop(a_round(Slow(clock, 0.15), workload, Load(rate=10.0), 100.0, 2.0))
    due = 100.0 + arrivals(10.0, 2.0, 3)
    done, now = [], 100.0
    for moment in due:  # one after the other, 0.15 s each: what wrk2 would say
        now = max(now, moment) + 0.15
        done.append(now)
    assert found.due == pytest.approx(due) and found.done == pytest.approx(done)
    assert (found.done - found.due).max() > 0.9  # a clock started at sending would say 0.15
    assert (found.sent - found.due).max() > 0.75


def test_the_open_loop_sends_no_ask_early(clock: Clock, workload: Workload) -> None:
    found = open_loop(a_round(Slow(clock, 0.0), workload, Load(rate=20.0), 100.0, 5.0))
    assert len(found) == 100 and (found.sent >= found.due - 1e-9).all()
    assert (found.sent - found.due).max() < 1e-6


def test_a_rate_that_no_client_can_send_ends_with_its_round(clock: Clock, workload: Workload) -> None:
    found = open_loop(a_round(Slow(clock, 0.5), workload, Load(rate=100.0), 100.0, 5.0))
    assert clock.now < 111 and len(found) == 500 and found.good.sum() == 20
    assert found.faults == {"TimeoutError: due, and could not be sent": 480}


def test_a_client_of_the_closed_loop_asks_when_it_has_its_answer(clock: Clock, workload: Workload) -> None:
    found = closed_loop(a_round(Slow(clock, 0.25), workload, Load(clients=1), 100.0, 2.0))
    assert len(found) == 8
    assert found.due == pytest.approx(100.0 + 0.25 * np.arange(8))
    assert found.done == pytest.approx(found.due + 0.25)


def test_errors_are_counted_by_what_they_say_and_end_nothing(clock: Clock, workload: Workload) -> None:
    backend = Slow(clock, 0.1, frozenset({1, 4}))
    found = open_loop(a_round(backend, workload, Load(rate=5.0), 100.0, 2.0))
    assert found.faults == {"RuntimeError: it broke": 2}
    assert len(found) == 10 and found.good.sum() == 8


def test_a_stop_ends_a_round_with_what_was_done(clock: Clock, workload: Workload) -> None:
    backend = Slow(clock, 0.1)
    this = a_round(backend, workload, Load(rate=5.0), 100.0, 60.0)
    answer = backend.answer

    def once(*given: object, **named: object) -> object:
        if clock.now > 103:
            this.stop.set()  # type: ignore[attr-defined]
        return answer(*given, **named)  # type: ignore[arg-type]

    backend.answer = once  # type: ignore[assignment, method-assign]
    found = open_loop(this)
    assert 5 < len(found) < 30 and found.seconds < 10


@pytest.mark.parametrize("load", [Load(clients=3), Load(rate=40.0)], ids=str)
def test_both_loops_over_a_real_flow(toy_backend: InProcess, workload: Workload, load: Load) -> None:
    this = a_round(toy_backend, workload, load, perf_counter(), 1.5)
    found = (closed_loop if load.clients else open_loop)(this)
    assert len(found) > 1 and found.good.all() and not found.faults
    assert (found.done >= found.sent).all() and (found.sent >= found.due - 1e-9).all()
    first = {number % 2: answer for number, answer in zip(found.number, found.answers, strict=True)}
    again = [answer == first[number % 2] for number, answer in zip(found.number, found.answers, strict=True)]
    assert all(again) and first[0] != first[1]
