"""While asks are refused, the server's threads take cores at once."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

_CALM = 2.0  # seconds without a refusal


class Haste:
    """Lift SCHED_BATCH from the server and this process while asks are refused (decision 0064).

    A refusal passes some ten threads; each would wait for a core behind windows that are computed.
    """

    def __init__(self) -> None:
        """Look whether these threads wait for cores."""
        self._batch = os.sched_getscheduler(0) == os.SCHED_BATCH
        self._last = 0.0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def refused(self) -> None:
        """Take note of a refusal."""
        self._last = monotonic()
        if self._batch and self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._hurry, name="tritonqa-haste", daemon=True)
                    self._thread.start()

    def close(self) -> None:
        """Stop the thread."""
        self._closed.set()
        if (thread := self._thread) is not None:
            thread.join()

    def _hurry(self) -> None:
        """Hurry until there is calm."""
        _schedule(os.SCHED_OTHER)
        while not self._closed.wait(_CALM / 2) and monotonic() - self._last < _CALM:
            pass
        _schedule(os.SCHED_BATCH)
        self._thread = None


def _schedule(policy: int) -> None:
    for process in (os.getppid(), os.getpid()):
        with suppress(OSError):  # a thread may have ended
            for task in Path(f"/proc/{process}/task").iterdir():
                with suppress(OSError):
                    os.sched_setscheduler(int(task.name), policy, os.sched_param(0))
