"""Keep a server alive: start it again, at the same place, when it or one of its processes dies."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from tritonqa.errors import Unavailable
from tritonqa.triton.server.registry import running
from tritonqa.triton.server.server import Server, Stopped
from tritonqa.triton.server.stop import Stop

_PERIOD, _LONGEST = 60.0, 30.0
_POLL = 0.25


def supervise(
    start: Callable[[Server | None], Server],
    stop: Stop,
    ready: Callable[[Server], None],
    say: Callable[[str], None],
) -> None:
    """Run a server until stop is set, then drain it.

    ready is called once. start gets the server that died, whose ports the new one takes. One that dies again
    within a minute is started again after growing pauses, half a minute at most.
    Raises Unavailable when it can't start for the first time.
    """
    running()
    died: deque[float] = deque(maxlen=10)
    server: Server | None = None
    while not stop.is_set():
        try:
            server, first = start(server), server is None
        except Stopped:
            return
        except Unavailable as error:
            if server is None:
                raise
            say(f"{error}: again")
        else:
            try:
                if first:
                    ready(server)
                while server.healthy and not stop.wait(_POLL):
                    pass
                say(
                    "stopping: what is under way is answered first" if stop.is_set() else "Triton died: again"
                )
            finally:
                if server.stop():
                    say("the drain time ran out: what was still under way gets no answer")
        died.append(time.monotonic())
        again = sum(died[-1] - when < _PERIOD for when in died) - 1
        stop.wait(min(2.0 ** (again - 1), _LONGEST) if again else 0)
