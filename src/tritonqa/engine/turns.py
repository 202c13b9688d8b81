"""The windows that wait, their asks taking turns."""

from __future__ import annotations

import weakref
from collections import deque
from heapq import heappop, heappush
from itertools import count
from typing import Any, TypeAlias

from tritonqa.engine.base import Grouping
from tritonqa.engine.job import Job

Group: TypeAlias = list[tuple[Job[Any], int]]  # asks with the index of a window


class Turns:
    """A bounded queue of asks, a window each in turn; no step takes longer for many asks than for few.

    A long ask counts as a quarter of the bound at most, so that it leaves room for others. An ask that leaves
    early is taken out of the count at once, and out of the queue when its turn comes. Not thread-safe.
    """

    def __init__(self, most: int) -> None:
        """Let most windows wait."""
        self.windows = 0
        self._most, self._share = most, max(1, most // 4)
        self._weight = 0
        self._queue: deque[Job[Any]] = deque()
        self._deadlines: list[tuple[float, int, weakref.ref[Job[Any]]]] = []  # a heap; done asks may stay
        self._number = count()

    @property
    def full(self) -> bool:
        """Whether not even an ask of one window has room."""
        return 0 < self._weight >= self._most

    def has_room(self, job: Job[Any]) -> bool:
        """Say whether an ask has room; one does when nothing waits."""
        return not self._weight or self._weight + min(job.left, self._share) <= self._most

    def enter(self, job: Job[Any]) -> None:
        """Let an ask wait behind the others."""
        self._queue.append(job)
        self._count(job, job.left)
        if job.until is not None:
            heappush(self._deadlines, (job.until, next(self._number), weakref.ref(job)))

    def leave(self, job: Job[Any]) -> None:
        """Drop the windows of an ask that still wait."""
        self._count(job, -job.left)

    def take(self, grouping: Grouping, streams: int = 1) -> Group:
        """Take as many windows as the engine likes at once, one of each ask in turn.

        Of few windows a stream takes its share only, so that no other stands idle.
        """
        group: Group = []
        tokens = 0
        most = min(grouping.windows, -(-self.windows // streams))
        while self.windows and len(group) < most:
            job = self._queue[0]
            if job.left:
                tokens += len(job.windows[job.next])
                if group and grouping.tokens is not None and tokens > grouping.tokens:
                    break
                group.append((job, job.next))
                self._count(job, -1)
            self._queue.popleft()
            if job.left:
                self._queue.append(job)
        return group

    def late(self, now: float) -> list[Job[Any]]:
        """List the asks whose deadline has passed while windows of theirs wait, each once."""
        found = []
        while self._deadlines and self._deadlines[0][0] <= now:
            job = heappop(self._deadlines)[2]()
            if job is not None and job.left:
                found.append(job)
        return found

    def clear(self) -> list[Job[Any]]:
        """Drop all windows that wait; return their asks."""
        jobs = [job for job in self._queue if job.left]
        for job in jobs:
            self.leave(job)
        self._queue.clear()
        return jobs

    def _count(self, job: Job[Any], windows: int) -> None:
        """Add windows of an ask that enters, or take away those that go on."""
        self.windows += windows
        before, after = (0, windows) if windows > 0 else (job.left, job.left + windows)
        self._weight += min(after, self._share) - min(before, self._share)
        if windows < 0:
            job.next -= windows
