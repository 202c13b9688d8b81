"""The seam: a call's tensors → its answer's tensors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Protocol

from tritonqa.protocol.call import Call, Tensors


class Joiner(Protocol):
    """What makes one call of several that wait together, so that they share the cost of a message."""

    def fits(self, calls: Sequence[Call], call: Call) -> bool:
        """Say whether a call can join these."""

    def join(self, calls: Sequence[Call]) -> Call:
        """Make one call of these."""

    def split(self, tensors: Tensors, calls: Sequence[Call]) -> list[Tensors]:
        """Give each call its own of the answer."""


class Infer(Protocol):
    """What sends a call; see Client.infer."""

    def __call__(self, call: Call, timeout: float | None = None) -> Future[Tensors]:
        """Send a call."""


class Client(ABC):
    """A connection to one Triton; its methods may be called from any thread."""

    @abstractmethod
    def infer(self, call: Call, timeout: float | None = None) -> Future[Tensors]:
        """Send a call; the future holds the outputs by name.

        It fails with Unavailable, Timeout, Overloaded, InputError or EngineError; cancelling it tells the
        server to drop the call, where the protocol can.
        """

    @abstractmethod
    def answer(self, call: Call, timeout: float | None = None) -> Tensors:
        """Send a call and wait for its outputs, in the thread that asks: nothing has to wake another.

        Raises what infer's future fails with.
        """

    @contextmanager
    def stream(self, call_off: Call, joiner: Joiner | None = None) -> Iterator[Infer]:
        """Give what sends many calls that belong together: over one stream where the protocol has streams.

        Calls that wait to be sent are joined where joiner says how; those that fail so are sent alone.
        Leaving the block calls off those that were not answered: with call_off, which asks the model to drop
        the calls whose ids begin like its own, up to the dot.
        """
        yield self.infer

    @abstractmethod
    def config(self, model: str) -> dict[str, Any]:
        """Return a model's configuration; raises Unavailable, EngineError where there is no such model."""

    @abstractmethod
    def version(self) -> str:
        """Return the version of Triton; raises Unavailable, EngineError where it is none."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the connections."""
