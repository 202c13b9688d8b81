"""A wish to stop, which a signal handler may make."""

from __future__ import annotations

import signal
from queue import Empty, SimpleQueue


class Stop:
    """Like threading.Event, on whose lock a signal that meets the handler of another would wait for ever."""

    def __init__(self) -> None:
        """Begin without the wish."""
        self._wishes: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Wish to stop; safe in signal handlers."""
        self._wishes.put(None)

    def set_on(self, *names: str) -> None:
        """Let these signals make the wish, where the system has them."""
        for name in names:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self.set())

    def is_set(self) -> bool:
        """Say whether it was wished."""
        return not self._wishes.empty()

    def wait(self, timeout: float) -> bool:
        """Wait for the wish, for so many seconds at most; say whether it was made."""
        try:
            self._wishes.get(timeout=timeout)
        except Empty:
            return False
        self.set()
        return True
