"""A client that tries again where that is safe."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from time import monotonic, sleep
from typing import Any

from tritonqa.client.base import Client, Infer, Joiner
from tritonqa.errors import Overloaded, Timeout, TritonQAError, Unavailable
from tritonqa.futures import Pending
from tritonqa.protocol.call import Call, Tensors

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class RetryingClient(Client):
    """Send calls again that were refused or lost, after pauses that double.

    Each pause is drawn at random, so that many clients do not come back at once. Inference changes nothing on
    the server, so a call that was lost may have run and can run again.
    """

    def __init__(self, client: Client, retries: int, timeout: float) -> None:
        """Wrap a client; timeout is for a call with all its tries, where the call names none."""
        self._client, self._retries, self._timeout = client, retries, timeout
        self._closed = False

    def infer(self, call: Call, timeout: float | None = None) -> Future[Tensors]:
        """Send a call; see Client."""
        return self._start(self._client.infer, call, timeout)

    def answer(self, call: Call, timeout: float | None = None) -> Tensors:
        """Send a call and wait; see Client."""
        tries = Attempts(self._retries, monotonic() + (timeout or self._timeout))
        while True:
            try:
                return self._client.answer(call, tries.left())
            except (Unavailable, Overloaded) as error:
                pause = tries.pause_after(error)
                if pause is None or self._closed:
                    raise
            sleep(pause)

    @contextmanager
    def stream(self, call_off: Call, joiner: Joiner | None = None) -> Iterator[Infer]:
        """Send many calls, each again where its stream broke; see Client."""
        with self._client.stream(call_off, joiner) as infer:
            yield partial(self._start, infer)

    def config(self, model: str) -> dict[str, Any]:
        """Return a model's configuration; see Client."""
        return self._client.config(model)

    def version(self) -> str:
        """Return the version of Triton; see Client."""
        return self._client.version()

    def close(self) -> None:
        """Close the client."""
        self._closed = True
        self._client.close()

    def _start(self, infer: Infer, call: Call, timeout: float | None = None) -> Future[Tensors]:
        under_way = InFlight(infer, call, Attempts(self._retries, monotonic() + (timeout or self._timeout)))
        under_way.send()
        return under_way.future


class Attempts:
    """How often a call may be sent, and until when."""

    def __init__(self, retries: int, until: float) -> None:
        """Allow so many tries after the first."""
        self._retries, self._until, self._pause = retries, until, _FIRST_PAUSE

    def left(self) -> float:
        """Return the seconds left for a try; raises Timeout."""
        left = self._until - monotonic()
        if left <= 0:
            raise Timeout("no answer came in time; allow more time")
        return left

    def pause_after(self, error: BaseException | None) -> float | None:
        """Return the seconds to wait before the next try, None where there is none."""
        pause = self._pause * random.uniform(0.5, 1.0)
        again = isinstance(error, Unavailable | Overloaded) and self._retries
        if not again or monotonic() + pause >= self._until:
            return None
        self._retries, self._pause = self._retries - 1, min(_LONGEST_PAUSE, 2 * self._pause)
        return pause


class InFlight:
    """A call with its tries, until it is answered, fails for good or is cancelled."""

    def __init__(self, infer: Infer, call: Call, tries: Attempts) -> None:
        """Take a call, and what sends it."""
        self.future: Pending[Tensors] = Pending()
        self._infer, self._call, self._tries = infer, call, tries

    def send(self) -> None:
        """Send the call, for the first time or again."""
        if self.future.cancelled():
            return
        try:
            sent = self._infer(self._call, self._tries.left())
        except TritonQAError as error:
            self._settle(error=error)
            return
        self.future.when_cancelled(sent.cancel)
        sent.add_done_callback(self._done)

    def _done(self, sent: Future[Tensors]) -> None:
        if sent.cancelled():
            self.future.cancel()
            return
        error = sent.exception()
        if (pause := self._tries.pause_after(error)) is not None:
            timer = threading.Timer(pause, self.send)
            timer.daemon = True
            timer.start()
        elif error is not None:
            self._settle(error=error)
        else:
            self._settle(result=sent.result())

    def _settle(self, result: Tensors | None = None, error: BaseException | None = None) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(result or {})
