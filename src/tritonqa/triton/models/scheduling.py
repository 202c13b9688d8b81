"""While asks are refused: the server's threads take cores at once, and its log says so."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

import triton_python_backend_utils as pb_utils

from tritonqa.errors import Overloaded
from tritonqa.protocol.error_lines import to_line

_CALM = 2.0  # seconds without a refusal


class PriorityBoost:
    """Lift SCHED_BATCH from the server and this process while asks are refused (decision 0064).

    A refusal passes some ten threads; each would wait for a core behind windows that are computed. They come
    by the hundreds a second, so the log has the first of them and, when there is calm, their number.
    """

    def __init__(self) -> None:
        """Look whether these threads wait for cores."""
        self._batch = os.sched_getscheduler(0) == os.SCHED_BATCH
        self._last, self._count = 0.0, 0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def note_refusal(self, request_id: str, error: Overloaded) -> None:
        """Take note of a refusal, by the request's id."""
        with self._lock:
            self._last, self._count = monotonic(), self._count + 1
            if self._thread is None:
                pb_utils.Logger.log_warn(f"[request id: {request_id or '<id_unknown>'}] {to_line(error)}")
                self._thread = threading.Thread(target=self._boost, name="tritonqa-priority", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop the thread."""
        self._closed.set()
        if (thread := self._thread) is not None:
            thread.join()

    def _boost(self) -> None:
        """Lift the policy until there is calm."""
        if self._batch:
            _schedule(os.SCHED_OTHER)
        while not self._closed.wait(_CALM / 2) and monotonic() - self._last < _CALM:
            pass
        if self._batch:
            _schedule(os.SCHED_BATCH)
        with self._lock:
            count, self._count, self._thread = self._count, 0, None
        pb_utils.Logger.log_info(f"no request is refused any more; {count} were")


def _schedule(policy: int) -> None:
    for process in (os.getppid(), os.getpid()):
        with suppress(OSError):  # a thread may have ended
            for task in Path(f"/proc/{process}/task").iterdir():
                with suppress(OSError):
                    os.sched_setscheduler(int(task.name), policy, os.sched_param(0))
