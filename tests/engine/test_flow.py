from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.byte_tokenizer import windows
from tests.support.wait import PATIENCE
from tritonqa.arrays import FloatArray
from tritonqa.engine import Engine, Flow, Grouping
from tritonqa.errors import EngineError, Overloaded, Timeout, Unavailable
from tritonqa.features import Window


class Gated(Engine):
    """An engine that runs when told, and fails on passages that say so."""

    name, precision, streams = "gated", "fp32", 1

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.ran: list[int] = []
        self.alone: list[bool] = []

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        assert self.gate.wait(PATIENCE)
        if any(len(window.tokens) == 5 for window in windows):
            raise ValueError("five")
        self.ran += [len(window.tokens) for window in windows]
        self.alone.append(alone)
        return [np.zeros((2, len(window)), np.float32) for window in windows]

    def close(self) -> None:
        self.gate.set()


def test_a_failure_fails_its_ask_and_no_other() -> None:
    flow = Flow(engine := Gated())
    good, bad, after = (flow.submit(windows(text), len) for text in ("good", "fives", "well"))
    engine.gate.set()
    assert good.result(PATIENCE) == 1 and after.result(PATIENCE) == 1
    with pytest.raises(EngineError, match="gated failed: five"):
        bad.result(PATIENCE)
    flow.close()


def test_windows_run_by_length_and_their_logits_come_in_order() -> None:
    flow = Flow(engine := Gated())
    several = [window for text in ("go", "longer", "long", "of", "longer") for window in windows(text)]
    future = flow.submit(several, lambda logits: [found.shape[1] for found in logits])
    engine.gate.set()
    assert future.result(PATIENCE) == [len(window) for window in several]
    assert engine.ran == [6, 6, 4, 2, 2]
    flow.close()


def test_an_engine_that_gives_too_little_fails_its_ask() -> None:
    class Short(Gated):
        def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
            return super().run(windows)[1:]

    flow = Flow(engine := Short())
    engine.gate.set()
    with pytest.raises(EngineError, match="was given 1 windows and gave 0"):
        flow.submit(windows("good"), len).result(PATIENCE)
    flow.close()


def test_a_cancelled_ask_is_not_run_and_who_waits_is_told() -> None:
    flow = Flow(engine := Gated())
    flow.submit(windows("one"), len)
    dropped = flow.submit(windows("dropped"), len)
    last = flow.submit(windows("last"), len)
    assert dropped.cancel()
    engine.gate.set()
    assert last.result(PATIENCE) == 1
    assert dropped in wait([dropped], PATIENCE).done
    assert 7 not in engine.ran
    flow.close()


def test_an_ask_cancelled_while_it_runs_drops_its_other_windows() -> None:
    flow = Flow(engine := Gated())
    long = flow.submit(windows("x" * 400), len)
    assert long.cancel()
    engine.gate.set()
    assert flow.submit(windows("next"), len).result(PATIENCE) == 1
    assert len(engine.ran) <= 2
    flow.close()


def test_a_huge_ask_does_not_starve_a_small_one() -> None:
    flow = Flow(engine := Gated(), max_waiting=8)
    huge = flow.submit(windows("x" * 400), len)
    small = flow.submit(windows("tiny"), len, timeout=0)
    engine.gate.set()
    assert small.result(PATIENCE) == 1
    assert huge.result(PATIENCE) > 10
    assert engine.ran.index(4) <= 3
    flow.close()


def test_the_queue_is_bounded_and_closing_is_said() -> None:
    flow = Flow(engine := Gated(), max_waiting=2)
    held = [flow.submit(windows("fill"), len) for _ in range(3)]
    with pytest.raises(Overloaded, match="2 windows wait already"):
        flow.submit(windows("more"), len, timeout=0)
    held[-1].cancel()
    flow.submit(windows("room"), len, timeout=0)
    engine.gate.set()
    flow.close()
    with pytest.raises(Unavailable, match="closed"):
        flow.submit(windows("late"), len)
    flow.close()


def test_what_waits_when_the_flow_closes_fails() -> None:
    flow = Flow(engine := Gated())
    running, waiting = flow.submit(windows("one"), len), flow.submit(windows("two"), len)
    closing = threading.Thread(target=flow.close)
    closing.start()
    with pytest.raises(Unavailable, match="closed before it answered"):
        waiting.result(PATIENCE)
    engine.gate.set()
    closing.join(PATIENCE)
    assert running.done()


def test_an_ask_fails_when_it_waits_past_its_deadline() -> None:
    flow = Flow(engine := Gated())
    flow.submit(windows("first"), len)
    late = flow.submit(windows("late"), len, deadline=0.0)
    in_time = flow.submit(windows("well"), len, deadline=PATIENCE)
    engine.gate.set()
    with pytest.raises(Timeout, match="deadline"):
        late.result(PATIENCE)
    assert in_time.result(PATIENCE) == 1
    flow.close()


def test_steps_count_the_windows_and_an_error_in_one_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    flow = Flow(engine := Gated())
    engine.gate.set()
    steps: list[tuple[int, int]] = []
    count = flow.submit(windows("x" * 100), len, step=lambda *at: steps.append(at)).result(PATIENCE)
    assert steps == [(i + 1, count) for i in range(count)]
    assert flow.submit(windows("good"), len, step=lambda *at: 1 / 0).result(PATIENCE) == 1  # type: ignore[arg-type]
    assert "step failed" in caplog.text
    flow.close()


def test_a_window_that_is_alone_is_told_so() -> None:
    flow = Flow(engine := Gated())
    engine.gate.set()
    flow.submit(windows("good"), len).result(PATIENCE)
    engine.gate.clear()
    held = [flow.submit(windows("well"), len) for _ in range(3)]
    engine.gate.set()
    wait(held, PATIENCE)
    assert engine.alone[0] and False in engine.alone[1:]
    flow.close()


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


def test_a_process_that_ends_without_closing_ends_cleanly() -> None:
    code = (
        "from tritonqa.reader.load import load\nfrom tritonqa.spans import Decoding\n"
        "from tritonqa.text import Ask\n"
        "reader = load(); long = Ask.of('Who?', 'A word of many. ' * 20000);"
        "reader.start(long, Decoding()); reader.start(Ask.of('Who?', 'Ada ran.'), Decoding()).result()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
