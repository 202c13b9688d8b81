"""A bounded queue of windows in front of an engine's streams."""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from tritonqa.arrays import FloatArray
from tritonqa.engine.base import Engine
from tritonqa.engine.fair_queue import FairQueue, Group
from tritonqa.engine.job import Job
from tritonqa.errors import EngineError, Overloaded, Timeout, TritonQAError, Unavailable
from tritonqa.features import Window
from tritonqa.forks import ForkGuard
from tritonqa.progress import Step

T = TypeVar("T")

MAX_WAITING = 256  # windows: some seconds of work for a CPU


class Flow:
    """Run the windows of many asks through an engine's streams, fairly: one window of each ask in turn.

    An ask completes as its last window does. Asks may be cancelled through their future; an error fails the
    asks whose windows were in that call and no others. Every future completes exactly once, outside the lock.
    """

    def __init__(self, engine: Engine, max_waiting: int = MAX_WAITING) -> None:
        """Start a thread for each stream; at most max_waiting windows wait."""
        self.engine = engine
        self._fork = ForkGuard()
        self._queue = FairQueue(max_waiting)
        self._entering: deque[Job[Any]] = deque()
        self._running = 0
        self._begun, self._waited = 0, 0.0
        self._closed = False
        self._change = threading.Condition()
        names = [f"tritonqa-stream-{i}" for i in range(engine.streams)]
        self._threads = [threading.Thread(target=self._stream, name=name, daemon=True) for name in names]
        self._alive = len(self._threads)
        for thread in self._threads:
            thread.start()
        atexit.register(self.close)  # a native engine that runs while the interpreter ends would abort

    def submit(
        self,
        windows: Sequence[Window],
        finish: Callable[[list[FloatArray]], T],
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        step: Step | None = None,
    ) -> Future[T]:
        """Queue an ask; its future gets finish(logits), called in a stream's thread.

        Waits while the queue is full, first come first served. Raises Overloaded when it still is after
        timeout seconds (0: at once), Unavailable when the flow is closed. An ask whose windows still wait
        deadline seconds from now fails with Timeout. step(done, all) is called after each of its windows.
        """
        self._fork.check()
        job = Job(windows, finish, deadline, step)
        if not windows:
            job.complete()
            return job.future
        with self._change:
            self._entering.append(job)
            try:
                if not self._change.wait_for(lambda: self._closed or self._may_enter(job), timeout):
                    raise self._overloaded()
                if self._closed:
                    raise Unavailable("the reader is closed; load it again")
                self._queue.enter(job)
            finally:
                self._entering.remove(job)
                self._change.notify_all()
        job.future.on_cancel(partial(self._drop_cancelled, job))
        return job.future

    def close(self) -> None:
        """Fail what waits with Unavailable, let what runs finish, and wait until the threads have stopped.

        In a process that was forked since there is nothing to stop, and the lock may never be free.
        """
        if not self._fork.is_here:
            return
        self.stop()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def stop(self) -> None:
        """Do as close, but wait for nothing: the last thread closes the engine.

        So the garbage collector may call it, in whatever thread and with whatever lock it comes.
        """
        if not self._fork.is_here:
            return
        with self._change:
            if self._closed:
                return
            self._closed = True
            ended = [job for job in self._queue.clear() if job.end(early=True)]
            self._change.notify_all()
        for job in ended:
            job.complete(Unavailable("the reader was closed before it answered; load it again"))

    @property
    def waiting(self) -> int:
        """Count the windows that wait."""
        return self._queue.windows

    def check_room(self) -> None:
        """Raise Overloaded where no ask can enter, before any work is spent on one."""
        if self._queue.full:
            raise self._overloaded()

    def drain_wait_stats(self) -> tuple[int, float]:
        """Say how many asks were begun since the last call, and how many seconds they had waited in all."""
        with self._change:
            taken, self._begun, self._waited = (self._begun, self._waited), 0, 0.0
        return taken

    def _overloaded(self) -> Overloaded:
        return Overloaded(f"{self._queue.windows} windows wait already; ask again later")

    def _may_enter(self, job: Job[Any]) -> bool:
        return self._entering[0] is job and self._queue.has_room(job)

    def _stream(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._closed or self._queue.windows)
                if self._closed:
                    break
                late = self._drop_late()
                group = self._take()
                self._running += bool(group)
                alone = self._running == 1 and not self._queue.windows
                self._change.notify_all()
            _fail_late(late)
            if group:
                self._run(group, alone)
            del late, group  # while this waits, its asks would hold the reader they were asked
        self._end()

    def _end(self) -> None:
        """Close the engine when the last thread ends."""
        with self._change:
            self._alive -= 1
            last = not self._alive
        if last:
            self.engine.close()
            atexit.unregister(self.close)

    def _drop_late(self) -> list[Job[Any]]:
        """Take late asks out of the queue; return those to complete."""
        late = self._queue.late(monotonic())
        for job in late:
            self._queue.leave(job)
        return [job for job in late if job.end(early=True)]

    def _drop_cancelled(self, job: Job[Any]) -> None:
        """Take an ask out of the queue whose future was cancelled, and tell who waits for it."""
        with self._change:
            self._queue.leave(job)
            ended = job.end(early=True)
            self._change.notify_all()
        if ended:
            job.complete()

    def _take(self) -> Group:
        """Take windows for a call of the engine, and note how long asks had waited for their first."""
        group = self._queue.take(self.engine.grouping, self.engine.streams)
        now = monotonic()
        for job, index in group:
            if index == 0:
                self._begun += 1
                self._waited += now - job.entered
        return group

    def _run(self, group: Group, alone: bool) -> None:
        error: TritonQAError | None = None
        found: list[FloatArray] = []
        try:
            found = self.engine.run([job.windows[i] for job, i in group], alone=alone)
            if len(found) != len(group):
                raise EngineError(f"{self.engine.name} was given {len(group)} windows and gave {len(found)}")
        except TritonQAError as raised:
            error = raised
        except Exception as raised:  # noqa: BLE001 - whatever a library raises must reach the ask it fails
            error = EngineError(f"{self.engine.name} failed: {raised}")
            error.__cause__ = raised
        jobs = dict.fromkeys(job for job, _ in group)
        with self._change:
            self._running -= 1
            if error is None:
                for (job, index), logits in zip(group, found, strict=True):
                    job.add(index, logits)
            ended = [job for job in jobs if job.end(early=error is not None)]
            if error is not None:
                for job in ended:
                    self._queue.leave(job)
        for job in jobs:
            job.report()
        for job in ended:
            job.complete(error)


def _fail_late(late: Sequence[Job[Any]]) -> None:
    for job in late:
        job.complete(Timeout("the answer did not come before its deadline; allow more time"))
