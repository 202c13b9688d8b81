"""Asks of clients that hung up, dropped."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from time import monotonic
from typing import Any

from tritonqa.triton.models.answering import Sender

_EVERY = 0.1  # seconds; asking Triton costs a message between processes, so quick asks are never asked for


class Hangups:
    """Look after asks that take long, and cancel those that nobody waits for."""

    def __init__(self) -> None:
        """Start the thread that looks."""
        self._asks: dict[Sender, tuple[float, Future[Any]]] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._look, name="tritonqa-hangups", daemon=True)
        self._thread.start()

    def watch(self, sender: Sender, future: Future[Any]) -> None:
        """Look after an ask."""
        with self._lock:
            self._asks[sender] = (monotonic(), future)

    def forget(self, sender: Sender) -> None:
        """Leave an ask that is done."""
        with self._lock:
            self._asks.pop(sender, None)

    def close(self) -> None:
        """Stop the thread."""
        self._closed.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._closed.wait(_EVERY):
            before = monotonic() - _EVERY
            with self._lock:
                long = [(sender, future) for sender, (begun, future) in self._asks.items() if begun < before]
            for sender, future in long:
                if not future.done() and sender.hung_up:
                    future.cancel()
