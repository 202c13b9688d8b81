"""Bodies that end where they should."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tritonqa.web.options import Limits
from tritonqa.web.refusal import Refusal, refuse

_MEGABYTE = 1_000_000
_FORM = 0.01  # megabytes


class BodyLimit:
    """Refuses a body that says it is too long, and ends one that turns out to be."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        """Take what answers, and the limits."""
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a body of bounded size; 413 otherwise."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        upload = scope["path"] == "/api/documents"
        megabytes = self._limits.upload_megabytes if upload else self._limits.body_megabytes
        if scope["path"] == "/session":  # a form of one token, from whoever comes
            megabytes = min(megabytes, _FORM)
        most = int(megabytes * _MEGABYTE)
        refusal = Refusal(413, f"the body is larger than {megabytes:g} MB; send less at once")
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared[:20]) > most:
            await refuse(refusal)(scope, receive, send)
            return
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise refusal
            return message

        await self._app(scope, bounded, send)
