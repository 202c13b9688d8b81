"""POST /api/ask: a question → answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tritonqa.errors import InputError, Timeout
from tritonqa.library.aio import ask as ask_library
from tritonqa.progress import Step
from tritonqa.reader.followed import Followed
from tritonqa.web.asking import FIELDS, Asked, asked_of
from tritonqa.web.body import read_json
from tritonqa.web.hang_up import unless_gone
from tritonqa.web.json_response import json_response
from tritonqa.web.refusal import refusal_of
from tritonqa.web.service import service_of
from tritonqa.web.sse import event, events, wants_events

Answering = Callable[[Step | None], Coroutine[Any, Any, dict[str, Any]]]


async def ask(request: Request) -> Response:
    """Answer from the passages given, or from the library; events of progress where they are wanted."""
    service = service_of(request)
    asked = asked_of(await read_json(request, service.options.limits.nesting, FIELDS))

    async def answer(step: Step | None) -> dict[str, Any]:
        return await _answer(request, asked, step)

    if wants_events(request):
        return events(_events(answer))
    return json_response(await unless_gone(request, answer(None)))


async def _answer(request: Request, asked: Asked, step: Step | None) -> dict[str, Any]:
    service = service_of(request)
    with service.line.place():
        if asked.passages is None:
            return await _of_library(request, asked, step)
        found = await service.reader.ask(asked.question, asked.passages, step=step, **asked.options)
        return found.to_dict()


async def _of_library(request: Request, asked: Asked, step: Step | None) -> dict[str, Any]:
    """Ask the library in turn, at most so long that the line moves on; raises Timeout."""
    service = service_of(request)
    if service.indexer is None:
        raise InputError("passages is missing; there is no library here to answer from", "passages")
    seconds, asking = service.options.limits.seconds, asked.of_library
    try:
        async with asyncio.timeout(seconds), service.turns:
            library = service.library(request)
            found = await ask_library(
                library, service.reader, asked.question, asking, scope=asked.scope, step=step
            )
            return found.to_dict()
    except TimeoutError as error:
        raise Timeout(f"the library has not answered within {seconds:g} seconds; ask again") from error


async def _events(answer: Answering) -> AsyncIterator[bytes]:
    """Give how many windows are done of how many, and at the end the answers or the error."""
    with Followed(answer) as work:
        try:
            async for done, total in work:
                yield event("progress", {"done": done, "total": total})
            yield event("answers", work.result())
        except Exception as error:  # noqa: BLE001 - the status is sent already: told as an event, whatever it is
            refusal = refusal_of(error)
            told = {"error": refusal.detail, "field": refusal.field, "status": refusal.status_code}
            yield event("error", told)
