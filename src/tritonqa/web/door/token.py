"""Callers who know the token: programs in a header, browsers by a cookie."""

from __future__ import annotations

import hmac
from collections import defaultdict, deque
from hashlib import sha256
from time import monotonic
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tritonqa.web.pages import page
from tritonqa.web.refusal import Refusal, handle, refuse

COOKIE = "tritonqa"
OPEN = ("/healthz", "/session")
_MINUTE = 60
_CALLERS = 10_000  # addresses whose attempts are remembered


class TokenCheck:
    """Lets those through who show the token; others get 401, or a page that asks for it."""

    def __init__(self, app: ASGIApp, token: str | None, attempts: int) -> None:
        """Take what answers, the token, and how many wrong ones a minute an address may try."""
        self._app, self._token, self._attempts = app, token, attempts
        self._wrong: defaultdict[str, deque[float]] = defaultdict(deque)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer those who know the token."""
        if self._token is None or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._response(request, self._token)
        except (Refusal, ClientDisconnect) as error:  # raised while the form is read
            response = await handle(request, error)
        await (response or self._app)(scope, receive, send)

    async def _response(self, request: Request, token: str) -> Response | None:
        """Return what is said in place of an answer; None lets the request through."""
        path, caller = request.url.path, request.client.host if request.client else ""
        signing_in = path == "/session" and request.method == "POST"
        given = await _given(request, signing_in)
        if given is None and not signing_in:
            public = path in OPEN or path.startswith("/static/")
            return None if public else _ask_for_it(request, "give the token as Authorization: Bearer TOKEN")
        if wait := self._wait(caller):
            return refuse(
                Refusal(429, "too many wrong tokens; wait a minute", "token", {"Retry-After": str(wait)})
            )
        if not any(
            hmac.compare_digest((given or "").encode(), known.encode()) for known in (token, session(token))
        ):
            self._note(caller)
            return _ask_for_it(request, "the token is wrong; give the one that tritonqa web was started with")
        return _signed_in(request, token) if signing_in or "token" in request.query_params else None

    def _wait(self, caller: str) -> int:
        """Return the seconds until an address may try again; 0: now."""
        wrong, now = self._wrong.get(caller, deque()), monotonic()
        while wrong and wrong[0] < now - _MINUTE:
            wrong.popleft()
        return int(wrong[0] + _MINUTE - now) + 1 if len(wrong) >= self._attempts else 0

    def _note(self, caller: str) -> None:
        if len(self._wrong) >= _CALLERS:
            self._wrong.clear()
        self._wrong[caller].append(monotonic())


def session(token: str) -> str:
    """Return what a browser keeps in place of the token."""
    return sha256(b"tritonqa web session " + token.encode()).hexdigest()


async def _given(request: Request, signing_in: bool) -> str | None:
    """Return what a request shows: header, form, query or cookie."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    if signing_in:
        return parse_qs((await request.body()).decode("utf-8", "replace")).get("token", [""])[0]
    return request.query_params.get("token") or request.cookies.get(COOKIE)


def _ask_for_it(request: Request, error: str) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        wrong = "wrong" in error
        return page(request, "token.html", {"wrong": wrong}, 401)
    return refuse(Refusal(401, error, "token", {"WWW-Authenticate": "Bearer"}))


def _signed_in(request: Request, token: str) -> Response:
    """Let the browser keep who it is, and the token leave its address bar."""
    url = request.url.remove_query_params("token")
    response = RedirectResponse(
        "/" if request.url.path == "/session" else f"{url.path}?{url.query}".rstrip("?"), 303
    )
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, session(token), httponly=True, samesite="strict", secure=secure)
    return response
