"""Asks under way, given back in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import TracebackType
from typing import Generic, TypeVar

from tritonqa.forks import ForkGuard

T = TypeVar("T")


class Lookahead(Generic[T]):
    """The futures of a stream of asks, in order; leaving the with block cancels those not given back.

    open says whether the stream goes on: it ends with its source, or with an error at its place.
    """

    def __init__(self, limit: int) -> None:
        """Let at most limit futures be under way."""
        self.open = True
        self._fork = ForkGuard()
        self._limit = limit
        self._futures: deque[Future[T]] = deque()

    @contextmanager
    def next(self) -> Iterator[None]:
        """Take an ask from the source, start and add it; what fails becomes the last future."""
        self._fork.check()
        try:
            yield
        except (StopIteration, StopAsyncIteration):
            self.open = False
        except Exception as error:  # noqa: BLE001 - given back after the answers to the asks before it
            self.open = False
            self.add(Future())
            self._futures[-1].set_exception(error)

    def add(self, future: Future[T]) -> None:
        """Add an ask that was started."""
        self._futures.append(future)

    def due(self) -> Iterator[Future[T]]:
        """Give the first ones while they are done or too many are under way; all when the stream ended."""
        while self._futures and (
            not self.open or len(self._futures) > self._limit or self._futures[0].done()
        ):
            yield self._futures.popleft()
            self._fork.check()

    def __enter__(self) -> Lookahead[T]:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cancel what was not given back."""
        for future in self._futures if self._fork.is_here else ():
            future.cancel()
