"""Keep a server alive: start it again, at the same place, when it or one of its processes dies."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable

from tritonqa.errors import Unavailable
from tritonqa.triton.running import Running, running
from tritonqa.triton.server import Server

_TRIES, _PERIOD = 5, 60.0
_POLL = 0.25


def supervise(
    start: Callable[[Server | None], Server],
    stop: threading.Event,
    ready: Callable[[Server], None],
    say: Callable[[str], None],
) -> None:
    """Run a server until stop is set, then drain it.

    ready is called once. start gets the server that died, whose ports the new one takes.
    Raises Unavailable when it can't start, or died five times within a minute.
    """
    running()
    begun: deque[float] = deque(maxlen=_TRIES)
    server: Server | None = None
    while not stop.is_set():
        if len(begun) == _TRIES and time.monotonic() - begun[0] < _PERIOD:
            raise Unavailable(f"Triton died {_TRIES} times within a minute; see its log")
        begun.append(time.monotonic())
        server = start(server)
        record = _record(server)
        record.write()
        try:
            if len(begun) == 1:
                ready(server)
            while server.healthy and not stop.wait(_POLL):
                pass
            say("stopping: what is under way is answered first" if stop.is_set() else "Triton died: again")
        finally:
            server.stop()
            record.remove()


def _record(server: Server) -> Running:
    return Running(
        minder=os.getpid(),
        pid=server.process.pid,
        name=server.name,
        secret=server.secret,
        http=str(server.http),
        grpc=str(server.grpc),
        metrics=f"{server.metrics}/metrics",
        repository=str(server.repository),
    )
