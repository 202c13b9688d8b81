"""POST /api/verify: a text that quotes → each quotation verified, repaired, or not found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tritonqa.checks import flag, whole_number
from tritonqa.errors import InputError
from tritonqa.library.document import Document
from tritonqa.library.verify import quotations, sentences
from tritonqa.library.verify import verify as look_for
from tritonqa.text import Ask, checked_text
from tritonqa.web.body import read_json
from tritonqa.web.hang_up import unless_gone
from tritonqa.web.json_response import json_response
from tritonqa.web.service import service_of

FIELDS = frozenset(("text", "passages", "sentences", "min_words"))


async def verify(request: Request) -> Response:
    """Look for each quotation in the passages given, or in the library."""
    service = service_of(request)
    record = await read_json(request, service.options.limits.nesting, FIELDS)
    text = checked_text(record.get("text"), "text")
    claims = flag("sentences", record.get("sentences", False))
    least = whole_number("min_words", record.get("min_words", 1), 1)
    passages = record.get("passages")
    if passages is None and service.indexer is None:
        raise InputError("passages is missing; there is no library here to look in", "passages")
    given = None if passages is None else list(_given(Ask.of("any", passages).passages))

    def work() -> dict[str, Any]:
        quoted = (sentences if claims else quotations)(text, least)
        likely = [one.text for one in quoted]
        found = look_for(quoted, service.library(request).documents(likely) if given is None else given)
        return {"quotations": [one.to_dict() for one in found]}

    return json_response(await unless_gone(request, service.workers.run(work)))


def _given(passages: Iterable[str]) -> Iterator[tuple[str, Document]]:
    for i, text in enumerate(passages):
        yield f"passages[{i}]", Document(text, "text")
