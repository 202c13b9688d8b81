from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tritonqa.bench import BenchOptions, Target, Workload
from tritonqa.bench.sweep import climb, sweep


@given(st.floats(0.5, 5000), st.floats(0.05, 3))
def test_a_climb_ends_close_below_what_can_be_kept_up_with(able: float, start: float) -> None:
    asked: list[float] = []

    def attempt(rate: float) -> tuple[float, bool]:
        asked.append(rate)
        return rate, rate <= able

    best = climb(able * start, attempt)
    assert best is not None and able / 1.06 < best <= able
    assert len(set(asked)) <= 16


def test_a_rate_that_was_not_kept_up_with_is_tried_once_more() -> None:
    asked: list[float] = []

    def attempt(rate: float) -> tuple[float, bool]:
        asked.append(rate)
        return rate, rate <= 20 and asked.count(rate) == 2

    best = climb(10.0, attempt)
    assert best is not None and 20 / 1.06 < best <= 20
    assert all(asked.count(rate) == 2 for rate in asked)


def test_a_climb_that_is_stopped_keeps_the_best() -> None:
    assert climb(10.0, lambda rate: (rate, True) if rate < 20 else None) == 15.0
    assert climb(10.0, lambda rate: (rate, False)) is None


def test_a_sweep_has_a_closed_loop_rates_and_a_knee(workload: Workload) -> None:
    found = sweep([Target(engine="toy")], workload, BenchOptions(0.3, 0))
    closed, *rates = found.runs
    assert closed.clients == 16 and len(rates) >= 2 and all(run.rate for run in rates)
    (knee,) = found.knees
    assert knee["reader"] == "tritonqa-minilm on toy" and knee["asks_per_second"] > 0
