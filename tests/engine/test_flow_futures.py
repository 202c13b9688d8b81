"""Whatever becomes of an ask, its future completes once."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.byte_tokenizer import windows
from tests.support.wait import PATIENCE
from tritonqa.arrays import FloatArray
from tritonqa.engine import Engine, Flow, Grouping
from tritonqa.errors import Unavailable
from tritonqa.features import Window


@dataclass(frozen=True)
class Plan:
    """What becomes of an ask: its windows, and what happens to it."""

    length: int
    fails: bool
    cancelled: bool
    finish_fails: bool
    deadline: float | None


class Uneven(Engine):
    """An engine of some streams that takes its time, and fails the passages it was told to fail."""

    name, precision = "uneven", "fp32"

    def __init__(self, streams: int, grouping: Grouping, bad: set[int]) -> None:
        self.streams, self.grouping, self.bad = streams, grouping, bad
        self.pauses = random.Random(0)
        self.excess = False

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        time.sleep(self.pauses.random() * 0.0005)
        self.excess |= len(windows) > self.grouping.max_windows
        if any(len(window.tokens) in self.bad for window in windows):
            raise ValueError("bad")
        return [np.full((2, 1), window.start, np.float32) for window in windows]

    def close(self) -> None:
        pass


PLAN = st.builds(
    Plan, st.integers(1, 200), *[st.booleans()] * 3, st.one_of(st.none(), st.sampled_from([0.0, 0.002, 60.0]))
)


class Asked:
    """A planned ask in the flow: what its future was told, and how often."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.windows = windows("x" * plan.length)
        self.future: Future[list[int]] | None = None
        self.told = self.finished = 0

    def submit(self, flow: Flow) -> None:
        try:
            self.future = flow.submit(self.windows, self.finish, deadline=self.plan.deadline)
        except Unavailable:
            return
        self.future.add_done_callback(self.tell)
        if self.plan.cancelled:
            self.future.cancel()

    def finish(self, logits: list[FloatArray]) -> list[int]:
        self.finished += 1
        if self.plan.finish_fails:
            raise KeyError("finish")
        return [int(one[0, 0]) for one in logits]

    def tell(self, _: object) -> None:
        self.told += 1

    def outcome(self) -> str:
        """Name the error, or say whether the logits came in the order of the windows."""
        assert self.future is not None
        try:
            return "in order" if self.future.result(PATIENCE) == [w.start for w in self.windows] else "mixed"
        except Exception as error:  # noqa: BLE001 - its kind is the outcome
            return type(error).__name__

    def allowed(self, failing: bool, closed: bool) -> set[str]:
        """List what may have become of it; a call of several windows fails all asks in it."""
        plan = self.plan
        may = {
            "KeyError": plan.finish_fails,
            "in order": not plan.finish_fails and not plan.fails,
            "EngineError": failing,
            "CancelledError": plan.cancelled,
            "Timeout": plan.deadline is not None,
            "Unavailable": closed,
        }
        return {name for name, possible in may.items() if possible}


@settings(max_examples=60)
@given(st.lists(PLAN, max_size=12), st.integers(1, 3), st.integers(1, 4), st.integers(10, 60), st.booleans())
def test_every_future_completes_once_in_order_and_in_bounds(
    plans: list[Plan], streams: int, group: int, tokens: int, close_early: bool
) -> None:
    bad = {plan.length for plan in plans if plan.fails}
    engine = Uneven(streams, Grouping(group, tokens), bad)
    flow = Flow(engine, max_waiting=8)
    asked = [Asked(plan) for plan in plans]
    with ThreadPoolExecutor(3) as pool:
        submitted = [pool.submit(ask.submit, flow) for ask in asked]
        if close_early:
            flow.close()
    assert all(one.result() is None for one in submitted)
    for ask in asked:
        assert (ask.future is None and close_early) or ask.outcome() in ask.allowed(bool(bad), close_early)
    flow.close()
    assert all(ask.told == (ask.future is not None) and ask.finished <= 1 for ask in asked)
    assert not engine.excess
