from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from support import byte_tokenizer
from tritonqa.engine import Engine, Flow
from tritonqa.errors import EngineError, Overloaded, Unavailable
from tritonqa.features import Template, TextTokenizer, Window, Windowing, prepare
from tritonqa.spans.band import FloatArray
from tritonqa.text import Ask


class Gated(Engine):
    """An engine that runs when told, and fails on passages that say so."""

    name, precision, streams = "gated", "fp32", 1

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.ran: list[int] = []

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        assert self.gate.wait(10)
        if any(len(window.tokens) == 5 for window in windows):
            raise ValueError("five")
        self.ran += [len(window.tokens) for window in windows]
        return [np.zeros((2, len(window)), np.float32) for window in windows]

    def close(self) -> None:
        self.gate.set()


def windows(passage: str) -> tuple[Window, ...]:
    tokenizer = byte_tokenizer()
    sizes = Windowing(max_length=24, stride=2, max_question=4)
    return prepare(Ask.of("q", passage), TextTokenizer(tokenizer), Template.of(tokenizer), sizes).windows


def test_a_failure_fails_its_ask_and_no_other() -> None:
    flow = Flow(engine := Gated())
    good, bad, after = (flow.submit(windows(text), len) for text in ("good", "fives", "well"))
    engine.gate.set()
    assert good.result(10) == 1 and after.result(10) == 1
    with pytest.raises(EngineError, match="gated failed: five"):
        bad.result(10)
    flow.close()


def test_a_cancelled_ask_is_not_run() -> None:
    flow = Flow(engine := Gated())
    flow.submit(windows("one"), len)
    dropped = flow.submit(windows("dropped"), len)
    last = flow.submit(windows("last"), len)
    assert dropped.cancel()
    engine.gate.set()
    assert last.result(10) == 1
    assert 7 not in engine.ran
    flow.close()


def test_a_huge_ask_does_not_starve_a_small_one() -> None:
    flow = Flow(engine := Gated())
    huge = flow.submit(windows("x" * 400), len)
    small = flow.submit(windows("tiny"), len)
    engine.gate.set()
    assert small.result(10) == 1
    assert huge.result(10) > 10
    assert engine.ran.index(4) <= 3
    flow.close()


def test_the_queue_is_bounded_and_closing_is_said() -> None:
    flow = Flow(engine := Gated(), max_waiting=2)
    for _ in range(3):
        flow.submit(windows("fill"), len)
    with pytest.raises(Overloaded, match="windows wait already"):
        flow.submit(windows("more"), len, timeout=0.05)
    engine.gate.set()
    flow.close()
    with pytest.raises(Unavailable, match="closed"):
        flow.submit(windows("late"), len)
