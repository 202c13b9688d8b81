"""Rates up to the knee: the most asks a second that a reader answers as they come."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from threading import Event
from typing import Any, TypeVar

from tritonqa.bench.bench import Result, Step, begun, behind, measure, no_step, summarise
from tritonqa.bench.load import Load
from tritonqa.bench.options import BenchOptions
from tritonqa.bench.round import Stop
from tritonqa.bench.subject import Subject, opened
from tritonqa.bench.summary import Run, kept_up
from tritonqa.bench.target import Target
from tritonqa.bench.workload import Workload

T = TypeVar("T")

_GROWTH = 1.5  # of the rate, while it is kept up with
_NEAR = 1.06  # the first rate not kept up with over the last that was
_STEPS = 16  # rates at most
_CLIENTS = 16  # of the closed loop that the knee is compared with


def sweep(
    targets: Sequence[Target],
    workload: Workload,
    options: BenchOptions | None = None,
    *,
    stop: Stop | None = None,
    step: Step = no_step,
) -> Result:
    """Find each target's knee: a run of many clients, then one a rate. See bench for the rest."""
    how, wish = replace(options or BenchOptions(), rounds=1), stop or Event()
    result = begun(workload)
    passed = 0.0
    with ExitStack() as stack:
        subjects = [stack.enter_context(opened(target, workload, how)) for target in targets]
        for subject in subjects:
            subject.first_asks(wish)

            def run(load: Load, subject: Subject = subject) -> tuple[Run, bool] | None:
                nonlocal passed
                begin = passed
                found = measure([subject], load, how, wish, behind(begin, lambda now: step(now, None)))
                passed += how.warmup + how.seconds
                if not found:
                    return None
                result.runs.append(summarise(found[0][0], subject, subjects[0], result))
                return result.runs[-1], kept_up(found[0][0].rounds)

            closed = run(Load(clients=_CLIENTS))
            if closed is not None and closed[0].asks:
                knee = climb(closed[0].asks_per_second / 4, lambda rate: run(Load(rate=rate)))
                result.knees += [_knee(subject, knee, closed[0])] if knee is not None else []
    result.interrupted = wish.is_set()
    return result


def climb(rate: float, attempt: Callable[[float], tuple[T, bool] | None]) -> T | None:
    """Raise the rate while it is kept up with, then halve the gap; return the best, None without one.

    attempt returns what a rate gave and whether it was kept up with, None to end. One that was not is tried
    once more: on a shared machine others may have had the cores meanwhile.
    """
    kept: T | None = None
    low, high = 0.0, math.inf
    for _ in range(_STEPS):
        rate = float(f"{rate:.3g}")
        found = attempt(rate)
        if found is not None and not found[1]:
            found = attempt(rate)
        if found is None:
            break
        gave, is_kept = found
        if is_kept:
            kept, low = gave, rate
        else:
            high = rate
        if low and high / low < _NEAR:
            break
        rate = (
            math.sqrt(low * high) if low and high < math.inf else rate * (_GROWTH if is_kept else 1 / _GROWTH)
        )
    return kept


def _knee(subject: Subject, run: Run, closed: Run) -> dict[str, Any]:
    return {
        "reader": str(subject.target),
        "asks_per_second": run.asks_per_second,
        "p50_ms": run.p50_ms,
        "p99_ms": run.p99_ms,
        "closed_loop_asks_per_second": closed.asks_per_second,
    }
