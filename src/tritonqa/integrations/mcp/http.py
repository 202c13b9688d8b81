"""The server over streamable HTTP, behind a token."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from hmac import compare_digest
from typing import Any, TypeAlias

from tritonqa.checks import bearer
from tritonqa.errors import InputError
from tritonqa.hosts import is_loopback

App: TypeAlias = Callable[[dict[str, Any], Any, Any], Coroutine[Any, Any, None]]


def serve_http(server: Any, host: str, port: int, token: str | None) -> None:
    """Serve at http://host:port/mcp until told to stop; raises InputError beyond loopback without a token."""
    import uvicorn

    if token is not None:
        bearer("token", token)
    elif not is_loopback(host):
        raise InputError(f"token is missing: {host} is reached from other machines; give --token", "token")
    app = behind_token(server.streamable_http_app(host=host), token)
    uvicorn.run(app, host=host, port=port, log_level="warning")


def behind_token(app: Any, token: str | None) -> App:
    """Let through what bears the token as `Authorization: Bearer …`; without a token everything."""

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or token is None or _bears(scope, token):
            await app(scope, receive, send)
            return
        headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": b"the token is missing or wrong\n"})

    return guarded


def _bears(scope: dict[str, Any], token: str) -> bool:
    given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    return compare_digest(given, b"Bearer " + token.encode())
