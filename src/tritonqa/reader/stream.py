"""Asks as they come → their results in order."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from typing import TypeVar

from tritonqa.reader.lookahead import Lookahead

A = TypeVar("A")
T = TypeVar("T")

_INTERRUPTIBLE = 0.2  # seconds: Windows sees Ctrl-C only between waits


def in_order(asks: Iterable[A], start: Callable[[A], Future[T]], limit: int) -> Generator[T, None, None]:
    """Start each ask and give the results in order, at most limit asks under way: flat memory.

    An ask that fails raises at its place, after the results before it; those after it are cancelled.
    """
    source = iter(asks)
    with Lookahead[T](limit) as ahead:
        while ahead.open:
            with ahead.next():
                ahead.add(start(next(source)))
            for future in ahead.due():
                yield result_of(future)


def result_of(future: Future[T]) -> T:
    """Wait for an ask; an interrupt of the wait cancels it."""
    try:
        while not future.done():
            with suppress(NotYet):
                future.exception(_INTERRUPTIBLE)
        return future.result()
    except BaseException:
        future.cancel()
        raise
