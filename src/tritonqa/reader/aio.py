"""The reader that awaits: the same names, the same backend."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence

from tritonqa.answers import Answers
from tritonqa.features import Windowing
from tritonqa.reader.backend import Backend
from tritonqa.reader.load import PACKAGED, load
from tritonqa.spans import Decoding
from tritonqa.text import Ask


class AsyncReader:
    """Ask questions of passages without blocking the event loop."""

    def __init__(self, backend: Backend | None = None) -> None:
        """Load the packaged reader, or take one that is open."""
        self._backend = backend or load(PACKAGED)

    @classmethod
    def load(
        cls,
        name: str = PACKAGED,
        *,
        engine: str | None = None,
        precision: str | None = None,
        windowing: Windowing | None = None,
        decoding: Decoding | None = None,
    ) -> AsyncReader:
        """Load a reader by name, as Reader.load does."""
        return cls(load(name, engine, precision, windowing, decoding))

    async def ask(
        self,
        question: str,
        passages: str | Sequence[str],
        *,
        top_k: int | None = None,
        no_answer_threshold: float | None = None,
        answerable_prior: float | None = None,
    ) -> Answers:
        """Answer a question, as Reader.ask does; cancelling the task cancels the ask."""
        options = self._backend.options(
            top_k=top_k, no_answer_threshold=no_answer_threshold, answerable_prior=answerable_prior
        )
        return await self._answer(Ask.of(question, passages), options)

    async def ask_many(
        self,
        asks: Iterable[tuple[str, str | Sequence[str]]],
        *,
        top_k: int | None = None,
        no_answer_threshold: float | None = None,
        answerable_prior: float | None = None,
    ) -> AsyncIterator[Answers]:
        """Answer a stream of asks in order, as Reader.ask_many does."""
        options = self._backend.options(
            top_k=top_k, no_answer_threshold=no_answer_threshold, answerable_prior=answerable_prior
        )
        ahead: deque[asyncio.Task[Answers]] = deque()
        try:
            for question, passages in asks:
                ahead.append(asyncio.create_task(self._answer(Ask.of(question, passages), options)))
                while ahead and (len(ahead) > self._backend.ahead or ahead[0].done()):
                    yield await ahead.popleft()
            while ahead:
                yield await ahead.popleft()
        finally:
            for task in ahead:
                task.cancel()

    async def _answer(self, ask: Ask, options: Decoding) -> Answers:
        future = await asyncio.to_thread(self._backend.start, ask, options)
        return await asyncio.wrap_future(future)

    async def close(self) -> None:
        """Stop the engine's streams."""
        await asyncio.to_thread(self._backend.close)

    async def __aenter__(self) -> AsyncReader:
        """Use the reader in an async with block."""
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close the reader."""
        await self.close()
