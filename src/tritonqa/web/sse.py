"""Events → the text of a stream of server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from tritonqa.web.json_response import encoded

MEDIA = "text/event-stream"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def wants_events(request: Request) -> bool:
    """Tell whether a caller asks for events instead of one answer."""
    return MEDIA in request.headers.get("accept", "")


def event(name: str, record: Any) -> bytes:
    """Write one event; its data is JSON on one line."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), encoded(record))


def events(stream: AsyncIterator[bytes]) -> StreamingResponse:
    """Return a response that goes on as long as the stream does."""
    return StreamingResponse(stream, headers=_HEADERS, media_type=MEDIA)
