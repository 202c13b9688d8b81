"""GET /source and /picture: a document at a place."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tritonqa.errors import InputError
from tritonqa.web.pages import page
from tritonqa.web.query import query_number
from tritonqa.web.refusal import Refusal
from tritonqa.web.service import service_of
from tritonqa.web.source import Place, drawn, look

_WIDEST = 2000


async def source(request: Request) -> Response:
    """Show a document's page, or the part of its text, that holds characters start to end."""
    service = service_of(request)
    place = _place(request)
    found = await service.looks.run(look, service.library(request), place)
    if found is None:
        raise Refusal(404, "the library holds no such document, or not so many characters", "document")
    return page(request, "source.html", found)


async def picture(request: Request) -> Response:
    """Draw a page of a PDF as it is indexed."""
    service = service_of(request)
    document, number = _text(request, "document"), query_number(request, "page", 1)
    width = min(max(query_number(request, "width", 1400), 100), _WIDEST)
    image = await service.looks.run(drawn, service.library(request), document, number, width)
    if image is None:
        raise Refusal(404, "the library holds no such page, or its file is not what was indexed", "page")
    return Response(image, media_type="image/png", headers={"Cache-Control": "private, max-age=300"})


def _place(request: Request) -> Place:
    start = query_number(request, "start", 0)
    end = query_number(request, "end", start)
    if end < start:
        raise InputError("end must not be before start", "end")
    return Place(_text(request, "document"), start, end)


def _text(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if not value:
        raise InputError(f"{name} is missing; give it in the address: ?{name}=…", name)
    return value
