"""Whether a server lives, with all its Python processes."""

from __future__ import annotations

import subprocess
import time
from typing import Any

from tritonqa.triton.server import processes

_REAP_TIMEOUT = 2.0  # seconds in which Triton sees to a process that ended as it should


class Health:
    """A server's process and its Python processes: Triton does not start one again, and stays ready without.

    Those of a version that was unloaded end too, and Triton sees to them; to one that was killed never.
    """

    def __init__(self, process: subprocess.Popen[Any]) -> None:
        """Take the server's process."""
        self._process = process
        self._dead: dict[int, float] = {}  # Python processes that ended → when that was first seen

    @property
    def healthy(self) -> bool:
        """Whether all live."""
        now = time.monotonic()
        self._dead = {pid: self._dead.get(pid, now) for pid in processes.dead_stubs(self._process.pid)}
        living = all(now - since < _REAP_TIMEOUT for since in self._dead.values())
        return self._process.poll() is None and living
