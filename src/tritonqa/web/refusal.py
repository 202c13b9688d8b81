"""What can't be done → a status, and one sentence as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from tritonqa.errors import (
    InputError,
    LibraryError,
    MissingExtra,
    Overloaded,
    Timeout,
    TritonQAError,
    Unavailable,
)
from tritonqa.web.json_response import json_response

RETRY_SECONDS = 2
GONE = 499  # nginx's number for a caller who hung up; nobody reads it but the log
_MESSAGES = {
    404: "there is nothing at this address; the API is described at /api/openapi.json",
    405: "this address does not take that method; the API is described at /api/openapi.json",
}
_PASSING = (Overloaded, Timeout, Unavailable)


class Refusal(HTTPException):
    """Say why a request is not answered, and which field of it is wrong."""

    def __init__(
        self, status: int, error: str, field: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Take a status, a sentence and the field."""
        super().__init__(status, error, headers)
        self.field = field


def refuse(refusal: Refusal) -> Response:
    """Return a refusal as every error of the API looks."""
    record = {"error": refusal.detail, "field": refusal.field}
    return json_response(record, refusal.status_code, refusal.headers)


def refusal_of(error: Exception) -> Refusal:
    """Return how an error is told: 422 for what was given, 503 for what may be well again later."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, HTTPException):
        message = _MESSAGES.get(error.status_code, error.detail)
        return Refusal(error.status_code, message, None, error.headers)
    if isinstance(error, InputError):
        return Refusal(422, str(error), error.field)
    retry = {"Retry-After": str(RETRY_SECONDS)}
    if isinstance(error, TritonQAError):
        when = "" if isinstance(error, (*_PASSING, LibraryError, MissingExtra)) else "the reader failed: "
        return Refusal(503, f"{when}{error}", None, retry)
    return Refusal(500, "the server failed; its log says more")


async def handle(request: Request, error: Exception) -> Response:
    """Answer an error; for those who hung up, with nothing."""
    if isinstance(error, ClientDisconnect):
        return Response(status_code=GONE)
    return refuse(refusal_of(error))
