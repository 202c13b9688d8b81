"""The seam: a checked ask → a future of its answers."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from tritonqa.answers import Answers
from tritonqa.spans import Decoding
from tritonqa.text import Ask


class Backend(Protocol):
    """What a Reader stands on: a model in this process, or one on a server; ahead is its look-ahead."""

    ahead: int

    def options(self, **changes: object) -> Decoding:
        """Return the decoding options with the changes that are not None; raises InputError."""

    def start(self, ask: Ask, options: Decoding) -> Future[Answers]:
        """Start an ask; cancelling the future drops it."""

    def close(self) -> None:
        """Let go of the model or the connection."""
