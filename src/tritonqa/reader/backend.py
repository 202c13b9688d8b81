"""The seam: a checked ask → a future of its answers."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Protocol

from tritonqa.answers import Answers, Calibration
from tritonqa.progress import Step
from tritonqa.spans import Decoding
from tritonqa.text import Ask


class StartAsk(Protocol):
    """What starts an ask; see Backend.start."""

    def __call__(self, ask: Ask, options: Decoding) -> Future[Answers]:
        """Start an ask."""


class Backend(Protocol):
    """What a Reader stands on: a model in this process, or one on a server.

    lookahead is how many asks of a stream it likes to have under way, decoding what it does where an ask says
    nothing else; calibration is None where there is none, or a server keeps it. fingerprint tells weights,
    tokenizer, windows and calibration from others; empty where that is not known.
    """

    fingerprint: str
    lookahead: int
    decoding: Decoding
    calibration: Calibration | None

    def start(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Future[Answers]:
        """Start an ask; cancelling the future drops it.

        step(done, all) is called as its windows are done, where that is known here.
        """

    def answer(self, ask: Ask, options: Decoding, *, step: Step | None = None) -> Answers:
        """Answer an ask in the thread that waits for it; as start."""

    def stream(self) -> AbstractContextManager[StartAsk]:
        """Give what starts many asks that belong together; leaving the block drops those under way."""

    def close(self) -> None:
        """Let go of the model or the connection."""
