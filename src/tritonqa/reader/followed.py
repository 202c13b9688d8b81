"""Work that tells its steps from other threads → steps that are awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Generic, Self, TypeVar

from tritonqa.progress import Step

T = TypeVar("T")


class Followed(Generic[T]):
    """Work under way: `async for done, total in followed`, then its result(); cancelled when left early."""

    def __init__(self, start: Callable[[Step], Coroutine[Any, Any, T]]) -> None:
        """Begin work; start is given the step to tell."""
        loop, steps = asyncio.get_running_loop(), asyncio.Queue[tuple[int, int] | None]()

        def step(done: int, total: int) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, (done, total))

        self._steps, self._work = steps, asyncio.ensure_future(start(step))
        self._work.add_done_callback(lambda _: steps.put_nowait(None))

    async def __aiter__(self) -> AsyncIterator[tuple[int, int]]:
        """Give done and total after each step, until the work has ended."""
        while (step := await self._steps.get()) is not None:
            yield step

    def result(self) -> T:
        """Return what the work gave, or raise what it raised."""
        return self._work.result()

    def __enter__(self) -> Self:
        """Follow the work in a with block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Cancel what has not ended."""
        self._work.cancel()
