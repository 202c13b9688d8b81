"""GET /api/events: how far indexing is, as long as one listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response

from tritonqa.web.indexing import Indexer
from tritonqa.web.service import service_of
from tritonqa.web.sse import event, events

_QUIET_SECONDS = 15  # after which a comment keeps the connection open


async def indexing(request: Request) -> Response:
    """Send the state of indexing, and each change of it."""
    return events(_events(service_of(request).changed(request)))


async def _events(indexer: Indexer) -> AsyncIterator[bytes]:
    states = indexer.states()
    coming = asyncio.ensure_future(anext(states))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=_QUIET_SECONDS)
            if not done:
                yield b": still here\n\n"
                continue
            if isinstance(coming.exception(), StopAsyncIteration):
                return
            yield event("indexing", coming.result().to_dict())
            coming = asyncio.ensure_future(anext(states))
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await states.aclose()
