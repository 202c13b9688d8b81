"""A future that tells when it is cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Pending(Future[T]):
    """A future that says so when it is cancelled, and forgets whom to tell when it is done.

    A callback that led back to its future would leave both to the garbage collector, ask by ask.
    """

    _hook: Callable[[], Any] | None = None

    def when_cancelled(self, hook: Callable[[], Any]) -> None:
        """Call hook, in place of an earlier one, when the future is cancelled; at once where it was."""
        self._hook = hook
        if self.cancelled():
            self._tell()

    def cancel(self) -> bool:
        """Cancel the future if it is not running or done; see Future."""
        cancelled = super().cancel()
        if cancelled:
            self._tell()
        return cancelled

    def set_result(self, result: T) -> None:
        """Complete the future; see Future."""
        self._hook = None
        super().set_result(result)

    def set_exception(self, exception: BaseException | None) -> None:
        """Fail the future; see Future."""
        self._hook = None
        super().set_exception(exception)

    def _tell(self) -> None:
        hook, self._hook = self._hook, None
        if hook is not None:
            hook()


def together(futures: Sequence[Future[T]]) -> Pending[list[T]]:
    """Return a future of all results in order: the first to fail fails it, and the others are cancelled.

    Cancelling it cancels them all.
    """
    found: Pending[list[T]] = Pending()
    found.when_cancelled(lambda: [future.cancel() for future in futures])
    results: list[T | None] = [None] * len(futures)
    lock, left = threading.Lock(), len(futures)

    def settle(place: int, done: Future[T]) -> None:
        nonlocal left
        error = CancelledError() if done.cancelled() else done.exception()
        if error is None:
            results[place] = done.result()
        with lock:
            ends = left == 1 or (left > 0 and error is not None)
            left = 0 if ends else left - 1
        if not ends or not found.set_running_or_notify_cancel():
            return
        if error is None:
            found.set_result(cast("list[T]", results))
        else:
            found._tell()
            found.set_exception(error)

    for place, future in enumerate(futures):
        future.add_done_callback(partial(settle, place))
    if not futures:
        found.set_result([])
    return found
