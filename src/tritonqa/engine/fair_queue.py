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

_LOOK = 64  # asks that are passed over, at most, in looking for windows that go with the first


class FairQueue:
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
        """Take the window whose turn it is, and those that the engine likes to run with it.

        Asks give a window each, in turn; one whose next window does not go with the first keeps its place. Of
        few windows a stream takes its share only, so that no other stands idle.
        """
        group: Group = []
        most = min(grouping.max_windows, -(-self.windows // streams))
        more = bool(self.windows)
        while more:
            had = len(group)
            self._gather(group, grouping, most)
            more = had < len(group) < most
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

    def _gather(self, group: Group, grouping: Grouping, most: int) -> None:
        """Add a window of each ask that has one for the group, until it holds the most."""
        lengths = [len(job.windows[index]) for job, index in group]
        tokens, kept = sum(lengths), list[Job[Any]]()
        for _ in range(len(self._queue)):
            if len(group) == most or len(kept) == _LOOK:
                break
            job = self._queue.popleft()
            if not job.left:
                continue
            length = len(job.windows[job.next])
            if group and not grouping.admits(length, lengths[0], tokens):
                kept.append(job)
                continue
            group.append((job, job.next))
            lengths.append(length)
            tokens += length
            self._count(job, -1)
            if job.left:
                self._queue.append(job)
        self._queue.extendleft(reversed(kept))

    def _count(self, job: Job[Any], windows: int) -> None:
        """Add windows of an ask that enters, or take away those that go on."""
        self.windows += windows
        before, after = (0, windows) if windows > 0 else (job.left, job.left + windows)
        self._weight += min(after, self._share) - min(before, self._share)
        if windows < 0:
            job.next -= windows
