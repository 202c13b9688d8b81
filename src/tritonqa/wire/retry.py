"""A wire that tries again where that is safe."""

from __future__ import annotations

import random
import threading
from concurrent.futures import Future
from time import monotonic
from typing import Any

from tritonqa.errors import Overloaded, Timeout, Unavailable
from tritonqa.wire.base import Call, Tensors, Wire

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class Retrying(Wire):
    """Send calls again that were refused or lost, after pauses that double.

    Each pause is drawn at random, so that many clients do not come back at once. Inference changes nothing on
    the server, so a call that was lost may have run and can run again.
    """

    def __init__(self, wire: Wire, retries: int, timeout: float) -> None:
        """Wrap a wire; timeout is for a call with all its tries, where the call names none."""
        self._wire, self._retries, self._timeout = wire, retries, timeout

    def infer(self, call: Call, timeout: float | None = None) -> Future[Tensors]:
        """Send a call; see Wire."""
        future: Future[Tensors] = Future()
        self._send(call, future, 0, monotonic() + (timeout or self._timeout))
        return future

    def config(self, model: str) -> dict[str, Any]:
        """Return a model's configuration; see Wire."""
        return self._wire.config(model)

    def close(self) -> None:
        """Close the wire."""
        self._wire.close()

    def _send(self, call: Call, future: Future[Tensors], tries: int, until: float) -> None:
        if future.cancelled():
            return
        left = until - monotonic()
        if left <= 0:
            _settle(future, error=Timeout("no answer came in time; allow more time"))
            return
        sent = self._wire.infer(call, left)
        future.add_done_callback(lambda done: sent.cancel() if done.cancelled() else None)
        sent.add_done_callback(lambda done: self._done(done, call, future, tries, until))

    def _done(
        self, done: Future[Tensors], call: Call, future: Future[Tensors], tries: int, until: float
    ) -> None:
        if done.cancelled():
            future.cancel()
            return
        error = done.exception()
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**tries) * random.uniform(0.5, 1.0)
        again = isinstance(error, Unavailable | Overloaded) and tries < self._retries
        if again and monotonic() + pause < until:
            timer = threading.Timer(pause, self._send, (call, future, tries + 1, until))
            timer.daemon = True
            timer.start()
        elif error is not None:
            _settle(future, error=error)
        else:
            _settle(future, result=done.result())


def _settle(
    future: Future[Tensors], result: Tensors | None = None, error: BaseException | None = None
) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result or {})
