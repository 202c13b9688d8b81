"""An ask on its way through the flow."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.features import Window
from tritonqa.futures import CancellableFuture, fail, settle
from tritonqa.progress import Step

T = TypeVar("T")

_NOT_YET: FloatArray = np.empty((2, 0), np.float32)


class Job(Generic[T]):
    """An ask's windows, the next to run, when it must leave the queue, the logits so far.

    Windows run by their length, the longest first: engines prepare anew for each length they have not just
    run. The flow's lock guards all of it but complete and report.
    """

    def __init__(
        self,
        windows: Sequence[Window],
        finish: Callable[[list[FloatArray]], T],
        deadline: float | None = None,
        step: Step | None = None,
    ) -> None:
        """Take an ask that must leave the queue within deadline seconds."""
        self._places = sorted(range(len(windows)), key=lambda i: -len(windows[i]))
        self.windows = [windows[i] for i in self._places]
        self.entered = monotonic()
        self.future: CancellableFuture[T] = CancellableFuture()
        self.next = 0
        self._finish: Callable[[list[FloatArray]], T] | None = finish
        self._step = step
        self.until = None if deadline is None else self.entered + deadline
        self._logits = [_NOT_YET] * len(windows)
        self._done = 0
        self._ended = False

    @property
    def left(self) -> int:
        """Count the windows that still wait."""
        return len(self.windows) - self.next

    def add(self, index: int, logits: FloatArray) -> None:
        """Keep the logits of a window, at the place that it had."""
        self._logits[self._places[index]] = logits
        self._done += 1

    def end(self, *, early: bool) -> bool:
        """Say, once only, that the ask is to be completed: all windows have run, or early."""
        if self._ended or not (early or self._done == len(self.windows)):
            return False
        self._ended = True
        return True

    def complete(self, error: Exception | None = None) -> None:
        """Give the future its error or its result, unless it was cancelled.

        What finishes it leads to its reader, and is let go of: the job may lie in the queue for long.
        """
        finish, self._finish = self._finish, None
        if error is not None:
            fail(self.future, error)
        elif finish is not None:
            settle(self.future, lambda: finish(self._logits))

    def report(self) -> None:
        """Tell how many windows have run; what step raises is logged, as for a future's callbacks."""
        if self._step is None:
            return
        try:
            self._step(self._done, len(self.windows))
        except Exception:
            logging.getLogger("tritonqa").exception("step failed")
