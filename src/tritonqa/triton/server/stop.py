"""A request to stop, which a signal handler may make."""

from __future__ import annotations

import signal
from queue import Empty, SimpleQueue


class Stop:
    """Like threading.Event, on whose lock a signal that meets the handler of another would wait for ever."""

    def __init__(self) -> None:
        """Begin unset."""
        self._requests: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Ask to stop; safe in signal handlers."""
        self._requests.put(None)

    def set_on(self, *names: str) -> None:
        """Let these signals set it, where the system has them."""
        for name in names:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self.set())

    def is_set(self) -> bool:
        """Say whether it was set."""
        return not self._requests.empty()

    @property
    def is_urgent(self) -> bool:
        """Say whether it was set more than once: who asks again wants no more waiting."""
        return self._requests.qsize() > 1

    def wait(self, timeout: float) -> bool:
        """Wait until it is set, for so many seconds at most; say whether it is."""
        try:
            self._requests.get(timeout=timeout)
        except Empty:
            return False
        self.set()
        return True
