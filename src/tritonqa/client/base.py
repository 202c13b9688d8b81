"""The seam: a call's tensors → its answer's tensors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol, TypeAlias, TypeVar

from tritonqa.errors import Timeout
from tritonqa.futures import CancellableFuture, fail, settle
from tritonqa.protocol.call import Call, Tensors

T = TypeVar("T")

Reply: TypeAlias = Callable[[Tensors | Exception], None]
"""Told a call's outputs by name, or the error that came instead."""

Cancel: TypeAlias = Callable[[], Any]
"""Tells the server to drop a call, where the protocol can; its reply may be told all the same."""


class Silence(Timeout):
    """Raised where nothing came over a connection: it may be dead, so another try takes another one."""


class Send(Protocol):
    """What sends a call; see Client.send."""

    def __call__(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        """Send a call."""


class Joiner(Protocol):
    """What makes one call of several that wait together, so that they share the cost of a message."""

    def fits(self, calls: Sequence[Call], call: Call) -> bool:
        """Say whether a call can join these."""

    def join(self, calls: Sequence[Call]) -> Call:
        """Make one call of these."""

    def split(self, tensors: Tensors, calls: Sequence[Call]) -> list[Tensors]:
        """Give each call its own of the answer."""


class Client(ABC):
    """A connection to one Triton; its methods may be called from any thread."""

    @abstractmethod
    def send(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        """Send a call and tell reply, once and in whatever thread has it, what came; return what cancels it.

        The errors are Unavailable, Timeout (Silence among them), Overloaded, InputError or EngineError; what
        is known before anything is sent may be raised.
        """

    @abstractmethod
    def infer(self, call: Call, timeout: float | None = None) -> Tensors:
        """Send a call and wait for its outputs, in the thread that asks: nothing has to wake another.

        Raises the errors of send.
        """

    def submit(self, call: Call, timeout: float | None = None) -> Future[Tensors]:
        """Send a call; the future holds its outputs, and cancelling it cancels the call."""
        return future_of(partial(self.send, timeout=timeout), call, lambda tensors: tensors)

    @contextmanager
    def stream(self, cancel: Call, joiner: Joiner | None = None) -> Iterator[Send]:
        """Give what sends many calls that belong together: over one stream where the protocol has streams.

        Calls that wait to be sent are joined where joiner says how; those that fail so are sent alone.
        Leaving the block cancels those that were not answered: with the call cancel, which asks the model to
        drop the calls whose ids name the same stream.
        """
        yield self.send

    @abstractmethod
    def config(self, model: str) -> dict[str, Any]:
        """Return a model's configuration; raises Unavailable, EngineError where there is no such model."""

    @abstractmethod
    def version(self) -> str:
        """Return the version of Triton; raises Unavailable, EngineError where it is none."""

    @abstractmethod
    def ready(self, timeout: float) -> bool:
        """Say within so many seconds whether the server takes calls; raises Unavailable, Timeout."""

    def servers(self) -> Mapping[str, str]:
        """Say of each of several servers by its address whether it is asked; empty for one alone."""
        return {}

    @abstractmethod
    def close(self) -> None:
        """Let go of the connections."""


def future_of(send: Callable[[Call, Reply], Cancel], call: Call, read: Callable[[Tensors], T]) -> Future[T]:
    """Send a call; the future holds what is read off its outputs, and cancelling it cancels the call."""
    future: CancellableFuture[T] = CancellableFuture()

    def reply(found: Tensors | Exception) -> None:
        if isinstance(found, Exception):
            fail(future, found)
        else:
            settle(future, lambda: read(found))

    future.on_cancel(send(call, reply))
    return future
