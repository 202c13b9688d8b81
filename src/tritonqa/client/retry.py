"""A client that tries again where that is safe."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from time import monotonic, sleep
from typing import Any

from tritonqa.client.base import Cancel, Client, Joiner, Reply, Send, Silence
from tritonqa.errors import Overloaded, Timeout, TritonQAError, Unavailable
from tritonqa.protocol.call import Call, Tensors

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_AGAIN = (Unavailable, Overloaded, Silence)


class RetryingClient(Client):
    """Send calls again that were refused or lost, after pauses that double.

    Each pause is drawn at random, so that many clients do not come back at once. Inference changes nothing on
    the server, so a call that was lost may have run and can run again.
    """

    def __init__(self, client: Client, retries: int, timeout: float, first: float = 1.0) -> None:
        """Wrap a client; timeout is for a call with all its tries, where the call names none.

        first is the part of it that a try has, until one met a silence: the next has all that is left.
        """
        self._client, self._retries, self._timeout, self._first = client, retries, timeout, first
        self._closed = False

    def send(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        """Send a call; see Client. Errors are all told to reply."""
        return self._send(self._client.send, call, reply, timeout)

    def infer(self, call: Call, timeout: float | None = None) -> Tensors:
        """Send a call and wait; see Client."""
        attempts = self._attempts(timeout)
        while True:
            try:
                return self._client.infer(call, attempts.seconds_left())
            except _AGAIN as error:
                pause = attempts.pause_after(error)
                if pause is None or self._closed:
                    raise
            sleep(pause)

    @contextmanager
    def stream(self, cancel: Call, joiner: Joiner | None = None) -> Iterator[Send]:
        """Send many calls, each again where its stream broke; see Client."""
        with self._client.stream(cancel, joiner) as send:
            yield partial(self._send, send)

    def config(self, model: str) -> dict[str, Any]:
        """Return a model's configuration; see Client."""
        return self._client.config(model)

    def version(self) -> str:
        """Return the version of Triton; see Client."""
        return self._client.version()

    def ready(self, timeout: float) -> bool:
        """Say whether the server takes calls; see Client."""
        return self._client.ready(timeout)

    def servers(self) -> Mapping[str, str]:
        """Say of each of several servers whether it is asked; see Client."""
        return self._client.servers()

    def close(self) -> None:
        """Close the client."""
        self._closed = True
        self._client.close()

    def _send(self, send: Send, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        retried = RetriedCall(send, call, reply, self._attempts(timeout))
        retried.send()
        return retried.cancel

    def _attempts(self, timeout: float | None) -> Attempts:
        return Attempts(self._retries, monotonic() + (timeout or self._timeout), self._first)


class Attempts:
    """How often a call may be sent, and until when."""

    def __init__(self, retries: int, until: float, first: float = 1.0) -> None:
        """Allow so many tries after the first; first is a try's part of the time, see RetryingClient."""
        self._retries, self._until, self._pause = retries, until, _FIRST_PAUSE
        self._part = first if retries else 1.0

    def seconds_left(self) -> float:
        """Return the seconds that a try has; raises Timeout."""
        left = self._until - monotonic()
        if left <= 0:
            raise Timeout("no answer came in time; allow more time")
        return left * self._part

    def pause_after(self, found: object) -> float | None:
        """Return the seconds to wait before the next try; None where there is none, as after an answer."""
        pause = self._pause * random.uniform(0.5, 1.0)
        again = isinstance(found, _AGAIN) and self._retries
        if not again or monotonic() + pause >= self._until:
            return None
        self._retries, self._pause = self._retries - 1, min(_LONGEST_PAUSE, 2 * self._pause)
        if isinstance(found, Silence) or not self._retries:
            self._part = 1.0
        return pause


class RetriedCall:
    """A call with its tries, until it is answered, fails for good or is cancelled."""

    def __init__(self, send: Send, call: Call, reply: Reply, attempts: Attempts) -> None:
        """Take a call, and what sends it."""
        self._send, self._call, self._reply, self._attempts = send, call, reply, attempts
        self._cancelled = False
        self._cancel_try: Cancel | None = None

    def send(self) -> None:
        """Send the call, for the first time or again, unless it was cancelled."""
        if self._cancelled:
            return
        try:
            self._cancel_try = self._send(self._call, self._receive, self._attempts.seconds_left())
        except TritonQAError as error:
            self._reply(error)
        else:
            if self._cancelled:
                self.cancel()

    def cancel(self) -> None:
        """Cancel the try that is under way; no other follows."""
        self._cancelled = True
        cancel, self._cancel_try = self._cancel_try, None
        if cancel is not None:
            cancel()

    def _receive(self, found: Tensors | Exception) -> None:
        self._cancel_try = None  # it leads back here
        pause = self._attempts.pause_after(found)
        if pause is None or self._cancelled:
            self._reply(found)
            return
        timer = threading.Timer(pause, self.send)
        timer.daemon = True
        timer.start()
