"""The reader that awaits: the same names, the same backend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Self, Unpack

from tritonqa.answers import Answers
from tritonqa.errors import Unavailable
from tritonqa.forks import ForkGuard
from tritonqa.progress import Step
from tritonqa.reader.backend import Backend
from tritonqa.reader.base import BaseReader, start_row
from tritonqa.reader.lookahead import Lookahead
from tritonqa.spans import AskOptions, Decoding
from tritonqa.text import Ask, Passages, Row

_STARTING = 4  # threads that tokenise and wait for room, so that one long text does not hold up the others


class AsyncReader(BaseReader):
    """Ask questions of passages without blocking the event loop."""

    def __init__(self, backend: Backend | None = None) -> None:
        """Load the packaged reader, or take one that is open."""
        super().__init__(backend)
        self._fork = ForkGuard()
        self._starting = ThreadPoolExecutor(_STARTING, "tritonqa-start")

    async def ask(
        self,
        question: str,
        passages: Passages,
        *,
        step: Step | None = None,
        **options: Unpack[AskOptions],
    ) -> Answers:
        """Answer a question, as Reader.ask does; cancelling the task cancels the ask."""
        chosen = self.backend.decoding.changed(**options)
        start = partial(self.backend.start, Ask.of(question, passages), chosen, step=step)
        return await asyncio.wrap_future(await self._begin(start))

    def ask_many(
        self, asks: Iterable[Row] | AsyncIterable[Row], **options: Unpack[AskOptions]
    ) -> AsyncGenerator[Answers, None]:
        """Answer a stream of asks in order, as Reader.ask_many does; asks may be an async iterable."""
        return self._stream(asks, self.backend.decoding.changed(**options))

    async def _stream(
        self, asks: Iterable[Row] | AsyncIterable[Row], options: Decoding
    ) -> AsyncGenerator[Answers, None]:
        rows = _rows(asks)
        with self.backend.stream() as start, Lookahead[Answers](self.backend.lookahead) as ahead:
            while ahead.open:
                with ahead.next():
                    ahead.add(await self._begin(partial(start_row, start, await anext(rows), options)))
                for future in ahead.due():
                    yield await asyncio.wrap_future(future)

    async def _begin(self, start: Callable[[], Future[Answers]]) -> Future[Answers]:
        """Start an ask in another thread; when this is cancelled meanwhile, so is the ask."""
        self._fork.check()
        try:
            starting = self._starting.submit(start)
        except RuntimeError as error:  # the executor's word for one that was shut down
            raise Unavailable("the reader is closed; load it again") from error
        try:
            return await asyncio.wrap_future(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(_cancel_started)
            raise

    async def close(self) -> None:
        """Let go of the reader, as Reader.close does."""
        if not self._fork.is_here:
            return
        await asyncio.to_thread(self.backend.close)
        self._starting.shutdown(wait=False)

    async def __aenter__(self) -> Self:
        """Use the reader in an async with block."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close the reader."""
        await self.close()


async def _rows(asks: Iterable[Row] | AsyncIterable[Row]) -> AsyncIterator[Row]:
    if isinstance(asks, AsyncIterable):
        async for row in asks:
            yield row
    else:
        for row in asks:
            yield row


def _cancel_started(starting: Future[Future[Answers]]) -> None:
    if not starting.cancelled() and starting.exception() is None:
        starting.result().cancel()
