"""Futures that tell of their cancelling, and how one is completed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any, TypeVar, cast

T = TypeVar("T")


class CancellableFuture(Future[T]):
    """A future that calls a hook when it is cancelled, and forgets the hook when it is done.

    A hook that led back to its future would leave both to the garbage collector, ask by ask.
    """

    _hook: Callable[[], Any] | None = None

    def on_cancel(self, hook: Callable[[], Any]) -> None:
        """Call hook, in place of an earlier one, when the future is cancelled; at once where it was."""
        self._hook = hook
        if self.cancelled():
            self.run_hook()
        elif self.done():
            self._hook = None

    def run_hook(self) -> None:
        """Call the hook, once."""
        hook, self._hook = self._hook, None
        if hook is not None:
            hook()

    def cancel(self) -> bool:
        """Cancel the future if it is not running or done; see Future."""
        cancelled = super().cancel()
        if cancelled:
            self.run_hook()
        return cancelled

    def set_result(self, result: T) -> None:
        """Complete the future; see Future."""
        self._hook = None
        super().set_result(result)

    def set_exception(self, exception: BaseException | None) -> None:
        """Fail the future; see Future."""
        self._hook = None
        super().set_exception(exception)


def settle(future: Future[T], work: Callable[[], T]) -> None:
    """Complete a future with what work returns or raises; does no work for one that was cancelled."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - who waits for the future must see it
        future.set_exception(error)
    else:
        future.set_result(result)
    finally:
        del future, work  # the error's traceback holds this frame


def completed(result: T) -> Future[T]:
    """Return a future that holds a result."""
    future: Future[T] = Future()
    future.set_result(result)
    return future


def fail(future: Future[T], error: BaseException) -> None:
    """Complete a future with an error, unless it was cancelled."""
    if future.set_running_or_notify_cancel():
        future.set_exception(error)


def gather(futures: Sequence[Future[T]]) -> CancellableFuture[list[T]]:
    """Return a future of all results in order: the first to fail fails it, and the others are cancelled.

    Cancelling it cancels them all.
    """
    found: CancellableFuture[list[T]] = CancellableFuture()
    found.on_cancel(lambda: [future.cancel() for future in futures])
    results: list[T | None] = [None] * len(futures)
    lock, left = threading.Lock(), len(futures)

    def add(place: int, done: Future[T]) -> None:
        nonlocal left
        error = CancelledError() if done.cancelled() else done.exception()
        if error is None:
            results[place] = done.result()
        with lock:
            ends = left == 1 or (left > 0 and error is not None)
            left = 0 if ends else left - 1
        if ends and error is None:
            settle(found, lambda: cast("list[T]", results))
        elif ends and error is not None:
            found.run_hook()
            fail(found, error)

    for place, future in enumerate(futures):
        future.add_done_callback(partial(add, place))
    if not futures:
        found.set_result([])
    return found
