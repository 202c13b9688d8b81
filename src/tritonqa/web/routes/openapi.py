"""GET /api/openapi.json: the API, described."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tritonqa.web.json_response import json_response
from tritonqa.web.openapi import document
from tritonqa.web.service import service_of


async def openapi(request: Request) -> Response:
    """Describe the API in OpenAPI 3.1."""
    return json_response(document(bool(service_of(request).options.every_key)))
