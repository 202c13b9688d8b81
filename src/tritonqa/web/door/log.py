"""One line of the audit log for each request, without what was asked or answered; and its metrics."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from time import perf_counter

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tritonqa.web.door.token import CALLER
from tritonqa.web.metrics import Metrics

AUDIT = logging.getLogger("tritonqa.web.audit")
_ELSEWHERE = "none"


class Log:
    """Counts and notes requests: who, when, which address, what status, how long; no query, no body."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Take what answers, and what counts."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and note it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._note(Request(scope), status, perf_counter() - began)

    def _note(self, request: Request, status: int, seconds: float) -> None:
        route = getattr(request.scope.get("route"), "path", _ELSEWHERE)
        method = request.method if request.method in _METHODS else "other"
        self._metrics.requests.labels(route, method, status).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        record = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": request.client.host if request.client else None,
            "key": request.scope.get(CALLER),
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        AUDIT.info(json.dumps(record))


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
