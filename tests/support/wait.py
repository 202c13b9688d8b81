"""Wait for what a test needs, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 600.0  # seconds that no machine needs: they end a test that would hang, and nothing else


def eventually(predicate: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Ask again and again until the predicate gives something true, and return that.

    Raises:
        AssertionError: nothing true came within the limit; says what came last.
    """
    until = time.monotonic() + seconds
    while not (found := predicate()):
        assert time.monotonic() < until, f"waited {seconds:g} s, and the last was {found!r}"
        time.sleep(0.02)
    return found
