"""What a model is told of its server's end: asks are refused in words that clients try again on."""

from __future__ import annotations

import os
from pathlib import Path

from tritonqa.errors import Unavailable
from tritonqa.protocol.contract import STOPPING


class Stopping:
    """Looks for the file that a server's minder writes when it stops (server/drain.py); without one, never.

    A file of this process's own beside it says that its model may have asks under way.
    """

    def __init__(self, model: str) -> None:
        """Say that this process is there."""
        place = os.environ.get(STOPPING)
        self._told = Path(place) if place else None
        self._own = Path(f"{place}.{os.getpid()}") if place else None
        if self._own is not None:
            self._own.write_text(model, encoding="utf-8")

    def check(self) -> None:
        """Raise Unavailable, which is HTTP's 503 and gRPC's UNAVAILABLE, when the server stops."""
        if self._told is not None and self._told.exists():
            raise Unavailable("the server is stopping; ask again, for another or the next one to answer")

    def say_idle(self, under_way: int) -> None:
        """Say that this process has answered all, when the server stops and nothing is under way."""
        if not under_way and self._own is not None and self._told is not None and self._told.exists():
            self._own.unlink(missing_ok=True)
