"""A reader, and perhaps a library → the application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tritonqa.errors import TritonQAError
from tritonqa.library.library import Library
from tritonqa.reader import Reader
from tritonqa.web.door.headers import SecurityHeaders
from tritonqa.web.door.limit import BodyLimit
from tritonqa.web.door.log import Log
from tritonqa.web.door.origin import OriginCheck
from tritonqa.web.door.token import TokenCheck
from tritonqa.web.door.trace import Trace
from tritonqa.web.options import WebOptions
from tritonqa.web.pages import ROOT
from tritonqa.web.refusal import handle
from tritonqa.web.routes import ask, documents, events, health, openapi, page, source, verify
from tritonqa.web.service import Service

_ERRORS = (HTTPException, TritonQAError, ClientDisconnect, Exception)


def create_app(
    reader: Reader,
    library: Library | None = None,
    options: WebOptions | None = None,
    *,
    paths: Sequence[str | Path] = (),
) -> Starlette:
    """Make the application: page, API, metrics.

    With a library it answers from that one, and paths are indexed into it once it runs. Reader and library
    stay open when it ends.
    """
    chosen = options or WebOptions()
    service = Service.of(reader, library, chosen)

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        if service.indexer is not None:
            await to_thread.run_sync(service.indexer.open)
            service.indexer.add(paths)
        yield
        service.close()

    app = Starlette(
        routes=routes(),
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Trace),
            Middleware(Log, service.metrics),
            *_cors(chosen.cors),
            Middleware(OriginCheck, chosen.host, chosen.names, chosen.cors),
            Middleware(BodyLimit, chosen.limits),
            Middleware(TokenCheck, chosen.every_key, chosen.limits.attempts),
        ],
        exception_handlers=dict.fromkeys(_ERRORS, handle),
        lifespan=running,
    )
    app.state.service = service
    return app


def _cors(origins: Sequence[str]) -> list[Middleware]:
    """Tell browsers that pages of these origins may ask and read the answers."""
    if not origins:
        return []
    headers = ("Authorization", "Content-Type")
    return [
        Middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["GET", "POST"], allow_headers=headers
        )
    ]


def routes() -> list[Route | Mount]:
    """List every address."""
    return [
        Route("/", page.index),
        Route("/source", source.source),
        Route("/picture", source.picture),
        Route("/api/ask", ask.ask, methods=["POST"]),
        Route("/api/verify", verify.verify, methods=["POST"]),
        Route("/api/documents", documents.Documents),
        Route("/api/events", events.indexing),
        Route("/api/openapi.json", openapi.openapi),
        Route("/healthz", health.healthz),
        Route("/metrics", health.metrics),
        Mount("/static", StaticFiles(directory=ROOT / "static")),
    ]
