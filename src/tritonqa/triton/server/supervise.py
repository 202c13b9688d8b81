"""Keep a server alive: start it again, at the same place, when it or one of its processes dies."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from tritonqa.errors import ServerError, Stopped
from tritonqa.triton.server.registry import running
from tritonqa.triton.server.server import Server
from tritonqa.triton.server.stop import Stop

_POLL = 0.25


class Backoff:
    """Pauses for what dies again within a minute: none at first, then 1, 2, 4 … 30 seconds."""

    PERIOD, LONGEST = 60.0, 30.0

    def __init__(self) -> None:
        """Begin without a death."""
        self._died: deque[float] = deque(maxlen=10)

    def after(self, now: float) -> float:
        """Return the seconds to wait after a death at this time, in seconds of any clock."""
        self._died.append(now)
        again = sum(now - when < self.PERIOD for when in self._died) - 1
        return min(2.0 ** (again - 1), self.LONGEST) if again else 0.0


def supervise(
    start: Callable[[Server | None], Server],
    stop: Stop,
    ready: Callable[[Server], None],
    say: Callable[[str], None],
) -> None:
    """Run a server until stop is set, then drain it.

    ready is called once. start gets the server that died, whose ports the new one takes. One that dies again
    within a minute is started again after growing pauses, half a minute at most.
    Raises ServerError when it can't start for the first time.
    """
    running()
    server, backoff = None, Backoff()
    while not stop.is_set():
        try:
            started = start(server)
        except Stopped:
            return
        except ServerError as error:
            if server is None:
                raise
            say(f"{error}; it is started again")
        else:
            _run(started, stop, ready if server is None else _nothing, say)
            server = started
        stop.wait(backoff.after(time.monotonic()))


def _run(server: Server, stop: Stop, ready: Callable[[Server], None], say: Callable[[str], None]) -> None:
    """Watch a server until it dies or stop is set, then end it."""
    try:
        ready(server)
        while server.healthy and not stop.wait(_POLL):
            pass
        say(_farewell(server.serving.grace) if stop.is_set() else "Triton died; it is started again")
    finally:
        if server.stop(stop):
            say("the drain time ran out: what was still under way gets no answer")


def _farewell(grace: float) -> str:
    if not grace:
        return "stopping: what is under way is answered first"
    return f"stopping: for {grace:g} s probes fail and asks are answered, then what is under way"


def _nothing(server: Server) -> None:
    """Say nothing of a server that takes another's place."""
