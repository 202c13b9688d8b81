"""Threads for what waits, with a bounded line before them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

from tritonqa.errors import Overloaded

T = TypeVar("T")


class Line:
    """Counts what is under way; takes no more than it may."""

    def __init__(self, most: int) -> None:
        """Take how many may be under way, those that wait among them."""
        self._most, self._count, self._lock = most, 0, threading.Lock()

    def __len__(self) -> int:
        """Count what is under way."""
        return self._count

    def enter(self) -> None:
        """Count one more; raises Overloaded where the line is full."""
        with self._lock:
            if self._count >= self._most:
                raise Overloaded(
                    f"{self._count} asks are under way, as many as may be; ask again in a moment"
                )
            self._count += 1

    def leave(self, _: object = None) -> None:
        """Count one less."""
        with self._lock:
            self._count -= 1

    @contextmanager
    def place(self) -> Iterator[None]:
        """Be in the line within a with block."""
        self.enter()
        try:
            yield
        finally:
            self.leave()


class Workers:
    """A few threads; what was not begun when its caller left is never begun."""

    def __init__(self, threads: int, line: Line) -> None:
        """Take how many run at once, and the line that counts them."""
        self._pool, self._line = ThreadPoolExecutor(threads, "tritonqa-web"), line

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Run work in a thread and await what it gives; raises Overloaded, and what it raises."""
        self._line.enter()
        future: Future[T] = self._pool.submit(copy_context().run, work, *args)
        future.add_done_callback(self._line.leave)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)
