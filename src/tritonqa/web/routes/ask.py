"""POST /api/ask: a question → answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tritonqa.errors import InputError, Timeout
from tritonqa.progress import Step
from tritonqa.web.asking import FIELDS, Asked, asked_of
from tritonqa.web.body import read_json
from tritonqa.web.hang_up import unless_gone
from tritonqa.web.json_response import json_response
from tritonqa.web.refusal import refusal_of
from tritonqa.web.service import Service, service_of
from tritonqa.web.sse import event, events, wants_events

Answering = Callable[[Step | None], Awaitable[dict[str, Any]]]


async def ask(request: Request) -> Response:
    """Answer from the passages given, or from the library; events of progress where they are wanted."""
    service = service_of(request)
    asked = asked_of(await read_json(request, service.options.limits.nesting, FIELDS))

    async def answer(step: Step | None) -> dict[str, Any]:
        return await _answer(service, asked, step)

    if wants_events(request):
        return events(_events(answer))
    return json_response(await unless_gone(request, answer(None)))


async def _answer(service: Service, asked: Asked, step: Step | None) -> dict[str, Any]:
    if asked.passages is None:
        if service.indexer is None:
            raise InputError("passages is missing; there is no library here to answer from", "passages")
        library = service.indexer.library
        return await _in_time(service, service.workers.run(lambda: asked.of_library(library).to_dict()))
    with service.line.place():
        found = await service.reader.ask(asked.question, asked.passages, step=step, **asked.options)
        return found.to_dict()


async def _in_time(service: Service, work: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """Await an answer, at most so long that the line moves on; raises Timeout."""
    seconds = service.options.limits.seconds
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError as error:
        raise Timeout(f"the library has not answered within {seconds:g} seconds; ask again") from error


async def _events(answer: Answering) -> AsyncIterator[bytes]:
    """Give how many windows are done of how many, and at the end the answers or the error."""
    loop, steps = asyncio.get_running_loop(), asyncio.Queue[tuple[int, int] | None]()

    def tell(done: int, total: int) -> None:
        loop.call_soon_threadsafe(steps.put_nowait, (done, total))

    work = asyncio.ensure_future(answer(tell))
    work.add_done_callback(lambda _: steps.put_nowait(None))
    try:
        while (step := await steps.get()) is not None:
            yield event("progress", {"done": step[0], "total": step[1]})
        yield event("answers", work.result())
    except Exception as error:  # noqa: BLE001 - the status is sent already: told as an event, whatever it is
        refusal = refusal_of(error)
        yield event("error", {"error": refusal.detail, "field": refusal.field, "status": refusal.status_code})
    finally:
        work.cancel()
