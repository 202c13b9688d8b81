"""Asks that clients cancelled or left, dropped."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future
from time import monotonic
from typing import Any

from tritonqa.triton.models.responses import ResponseSender
from tritonqa.triton.models.stopping import Stopping

_EVERY = 0.05  # seconds between looks, each at one ask: it halts the reader until Triton has answered
_FRESH = 0.2  # seconds for which an ask is not looked at again; between looks where there is none
_REMEMBERED = 64  # cancelled streams, whose long texts may still be on their way


class CancellationWatcher:
    """Look after asks that take long, those first that were not looked at for longest.

    An ask that nobody waits for any more is cancelled. What it costs does not grow with the asks.
    """

    def __init__(self, stopping: Stopping) -> None:
        """Start the thread that looks; it tells a server that stops when nothing is under way any more."""
        self._stopping = stopping
        self._asks: dict[ResponseSender, tuple[float, Future[Any]]] = {}  # in the order of their last look
        self._cancelled_streams: deque[str] = deque(maxlen=_REMEMBERED)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._poll, name="tritonqa-cancellations", daemon=True)
        self._thread.start()

    def watch(self, sender: ResponseSender, future: Future[Any]) -> None:
        """Look after an ask until it is done."""
        with self._lock:
            self._asks[sender] = (monotonic(), future)
        future.add_done_callback(lambda _: self._forget(sender))

    def cancel_stream(self, stream: str) -> None:
        """Cancel the asks of a stream, those still to be watched as well; none of those that came alone."""
        if not stream:
            return
        self._cancelled_streams.append(stream)
        with self._lock:
            futures = [future for sender, (_, future) in self._asks.items() if sender.stream == stream]
        for future in futures:
            future.cancel()

    def is_cancelled(self, stream: str) -> bool:
        """Say whether a stream was cancelled."""
        return stream in self._cancelled_streams

    def close(self) -> None:
        """Stop the thread."""
        self._closed.set()
        self._thread.join()

    def _poll(self) -> None:
        while not self._closed.wait(_EVERY if self._asks else _FRESH):
            self._stopping.say_idle(ResponseSender.under_way)
            due = self._due(monotonic())
            if due is not None and not due[1].done() and due[0].cancelled:
                due[1].cancel()

    def _forget(self, sender: ResponseSender) -> None:
        with self._lock:
            self._asks.pop(sender, None)

    def _due(self, now: float) -> tuple[ResponseSender, Future[Any]] | None:
        """Take the ask that was not looked at for longest, if that is long, and put it behind the others."""
        with self._lock:
            sender = next(iter(self._asks), None)
            if sender is None or now - self._asks[sender][0] < _FRESH:
                return None
            _, future = self._asks.pop(sender)
            self._asks[sender] = (now, future)
        return sender, future
