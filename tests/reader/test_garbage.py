"""What an ask leaves is let go of as it ends, not by the garbage collector, who looks at everything."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from tritonqa import Reader

ASKS = [(f"What is number {number}?", f"Number {number} is green.") for number in range(50)]


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda reader: list(reader.ask_many(ASKS)), id="ask_many"),
        pytest.param(lambda reader: [reader.ask(*ask) for ask in ASKS], id="ask"),
    ],
)
def test_asks_leave_no_cycles(toy: Reader, work: Callable[[Reader], Any]) -> None:
    work(toy)
    gc.collect()
    gc.disable()
    try:
        work(toy)
        assert gc.collect() < len(ASKS)  # of old, dozens an ask
    finally:
        gc.enable()
