"""A span for each request, within its caller's trace."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tritonqa.tracing import span


class Trace:
    """Notes a request's method, address and status, by OpenTelemetry's names; no query, no body."""

    def __init__(self, app: ASGIApp) -> None:
        """Take what answers."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer within a span."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        with span(request.method, request.headers) as current:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    current.set_attribute("http.response.status_code", message["status"])
                await send(message)

            current.set_attribute("http.request.method", request.method)
            await self._app(scope, receive, noted)
            if route := getattr(scope.get("route"), "path", None):
                current.set_attribute("http.route", route)
                current.update_name(f"{request.method} {route}")
