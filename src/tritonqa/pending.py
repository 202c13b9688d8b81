"""A future that tells when it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

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
