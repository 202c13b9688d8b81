"""Signals that end long work."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tritonqa.triton.server.stop import Stop


@contextmanager
def ended_by_term() -> Iterator[None]:
    """Let SIGTERM end the work as ^C does, so that what was staged is removed."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def stop_wish() -> Iterator[Stop]:
    """Let the first ^C or SIGTERM be a wish that work heeds between steps; the second ends it at once."""
    stop = Stop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def wish(number: int, frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for number in before:
        signal.signal(number, wish)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
