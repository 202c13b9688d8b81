"""A bounded queue of windows in front of an engine's streams."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from tritonqa.engine.base import Engine
from tritonqa.errors import EngineError, Overloaded, TritonQAError, Unavailable
from tritonqa.features import Window
from tritonqa.spans.band import FloatArray

T = TypeVar("T")


class _Job(Generic[T]):
    """An ask in the flow: its windows, the next to run, the logits so far."""

    def __init__(self, windows: Sequence[Window], finish: Callable[[list[FloatArray]], T]) -> None:
        self.windows = windows
        self.finish = finish
        self.future: Future[T] = Future()
        self.logits: list[Any] = [None] * len(windows)
        self.next = 0
        self.missing = len(windows)


class Flow:
    """Run the windows of many asks through an engine's streams, fairly: one window of each ask in turn.

    An ask completes as its last window does. Asks may be cancelled through their future; an error fails the
    asks whose windows were in that call and no others.
    """

    def __init__(self, engine: Engine, max_waiting: int = 256) -> None:
        """Start a thread for each stream; at most max_waiting windows wait (an ask may exceed it alone)."""
        self.engine = engine
        self._max_waiting = max_waiting
        self._jobs: deque[_Job[Any]] = deque()
        self._waiting = 0
        self._running = 0
        self._closed = False
        self._change = threading.Condition()
        names = [f"tritonqa-stream-{i}" for i in range(engine.streams)]
        self._threads = [threading.Thread(target=self._stream, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        windows: Sequence[Window],
        finish: Callable[[list[FloatArray]], T],
        timeout: float | None = None,
    ) -> Future[T]:
        """Queue an ask; its future gets finish(logits), called in a stream's thread.

        Waits while the queue is full. Raises Overloaded when it still is after timeout seconds, Unavailable
        when the flow is closed.
        """
        job = _Job(windows, finish)
        if not windows:
            job.future.set_running_or_notify_cancel()
            self._settle(job)
            return job.future
        with self._change:
            if not self._change.wait_for(lambda: self._closed or self._has_room(len(windows)), timeout):
                raise Overloaded(f"{self._waiting} windows wait already; ask again later")
            if self._closed:
                raise Unavailable("the reader is closed; load it again")
            self._jobs.append(job)
            self._waiting += len(windows)
            self._change.notify_all()
        return job.future

    def close(self) -> None:
        """Cancel what waits, let what runs finish, and stop the threads."""
        with self._change:
            self._closed = True
            for job in self._jobs:
                job.future.cancel()
            self._jobs.clear()
            self._waiting = 0
            self._change.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        self.engine.close()

    def _has_room(self, count: int) -> bool:
        return self._waiting == 0 or self._waiting + count <= self._max_waiting

    def _stream(self) -> None:
        while (group := self._take()) is not None:
            error: TritonQAError | None = None
            found: list[FloatArray] = []
            try:
                alone = self._running == 1 and self._waiting == 0
                found = self.engine.run([job.windows[i] for job, i in group], alone=alone)
            except TritonQAError as raised:
                error = raised
            except Exception as raised:  # noqa: BLE001 - whatever a library raises must reach the ask it fails
                error = EngineError(f"{self.engine.name} failed: {raised}")
                error.__cause__ = raised
            self._give(group, found, error)

    def _take(self) -> list[tuple[_Job[Any], int]] | None:
        """Wait for windows and take a group, one window of each ask in turn; None when closed."""
        limit = self.engine.grouping
        with self._change:
            group: list[tuple[_Job[Any], int]] = []
            while not group:
                self._change.wait_for(lambda: self._closed or self._jobs)
                if self._closed:
                    return None
                tokens = 0
                while self._jobs and len(group) < limit.windows:
                    job = self._jobs[0]
                    if job.future.cancelled() or job.future.done():
                        self._waiting -= len(job.windows) - job.next
                        self._jobs.popleft()
                        continue
                    tokens += len(job.windows[job.next])
                    if group and limit.tokens is not None and tokens > limit.tokens:
                        break
                    group.append((job, job.next))
                    job.next += 1
                    self._waiting -= 1
                    self._jobs.popleft()
                    if job.next < len(job.windows):
                        self._jobs.append(job)
            self._running += 1
            self._change.notify_all()
            return group

    def _give(
        self, group: list[tuple[_Job[Any], int]], found: list[FloatArray], error: TritonQAError | None
    ) -> None:
        done: list[_Job[Any]] = []
        with self._change:
            self._running -= 1
            for position, (job, index) in enumerate(group):
                if error is None:
                    job.logits[index] = found[position]
                    job.missing -= 1
                if (error or not job.missing) and job not in done and not job.future.done():
                    if job.future.set_running_or_notify_cancel():
                        done.append(job)
                        if error:
                            job.future.set_exception(error)
        if error is None:
            for job in done:
                self._settle(job)

    def _settle(self, job: _Job[T]) -> None:
        try:
            job.future.set_result(job.finish(job.logits))
        except BaseException as raised:  # noqa: BLE001 - the ask's own thread must see it
            job.future.set_exception(raised)
