"""What was opened before a fork: neither its threads nor its connections live on in the child."""

from __future__ import annotations

import os

from tritonqa.errors import Unavailable


class ForkGuard:
    """The process that something was opened in; check() refuses any other."""

    __slots__ = ("_process",)

    def __init__(self) -> None:
        """Remember this process."""
        self._process = os.getpid()

    @property
    def is_here(self) -> bool:
        """Say whether this is that process."""
        return os.getpid() == self._process

    def check(self) -> None:
        """Raise Unavailable in a process that was forked since."""
        if not self.is_here:
            raise Unavailable(
                "this reader was loaded before this process was forked, and its threads stayed behind; "
                "load it in this process, after the fork"
            )
