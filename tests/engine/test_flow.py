from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import wait

import numpy as np
import pytest

from tests.support.byte_tokenizer import windows
from tests.support.wait import PATIENCE, eventually
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


def test_a_short_ask_waits_for_no_more_windows_than_a_long_one_has_streams() -> None:
    class Grouped(Gated):
        streams, grouping = 4, Grouping(max_windows=4, max_tokens=30)  # a long ask's windows have 24

    flow = Flow(engine := Grouped())
    long = flow.submit(windows("x" * 400), len)
    eventually(lambda: flow.waiting == len(windows("x" * 400)) - engine.streams)
    short = flow.submit(windows("tiny"), len)
    engine.gate.set()
    assert short.result(PATIENCE) == 1 and long.result(PATIENCE) > 10
    assert engine.ran.index(4) <= 2 * engine.streams  # those that ran, and the next of other streams
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


def test_a_process_that_ends_without_closing_ends_cleanly() -> None:
    code = (
        "from tritonqa.reader.load import load\nfrom tritonqa.spans import Decoding\n"
        "from tritonqa.text import Ask\n"
        "reader = load(); long = Ask.of('Who?', 'A word of many. ' * 20000);"
        "reader.start(long, Decoding()); reader.start(Ask.of('Who?', 'Ada ran.'), Decoding()).result()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
