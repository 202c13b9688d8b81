"""GET /healthz and /metrics: for those who look after the server."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from tritonqa.web.metrics import CONTENT_TYPE
from tritonqa.web.service import need_all, service_of


async def healthz(request: Request) -> Response:
    """Say that the server answers."""
    return PlainTextResponse("ok\n")


async def metrics(request: Request) -> Response:
    """Give the counters in Prometheus's text."""
    need_all(request)
    service = service_of(request)
    service.metrics.under_way.set(len(service.line))
    return Response(service.metrics.text(), media_type=CONTENT_TYPE)
