"""Callers who show a key: programs in a header, browsers by a cookie."""

from __future__ import annotations

import hmac
import secrets
from collections import defaultdict, deque
from collections.abc import Sequence
from math import ceil
from time import monotonic
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tritonqa.web.door.keys import Key, holder
from tritonqa.web.door.rate import Rate
from tritonqa.web.pages import page
from tritonqa.web.refusal import Refusal, handle, refuse

COOKIE = "tritonqa"
CALLER = "tritonqa.caller"
"""Names, in a request's scope, whose key was shown."""
SEES = "tritonqa.sees"
"""Holds there what of the library that key may see; None: all of it."""
OPEN = ("/healthz", "/session")
_MINUTE = 60
_CALLERS = 10_000  # addresses whose attempts are remembered


class TokenCheck:
    """Lets those through who show a key, as often as it may; others get 401, or a page that asks for it."""

    def __init__(self, app: ASGIApp, keys: Sequence[Key], attempts: int) -> None:
        """Take what answers, the keys, and how many wrong ones a minute an address may try."""
        self._app, self._keys, self._attempts = app, keys, attempts
        self._wrong: defaultdict[str, deque[float]] = defaultdict(deque)
        self._rates = {key.name: Rate(key.per_minute) for key in keys if key.per_minute}
        self._secret = secrets.token_bytes(32)  # what cookies are made with: they end with the server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer those who have a key."""
        if not self._keys or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._response(request)
        except (Refusal, ClientDisconnect) as error:  # raised while the form is read
            response = await handle(request, error)
        await (response or self._app)(scope, receive, send)

    async def _response(self, request: Request) -> Response | None:
        """Return what is said in place of an answer; None lets the request through."""
        path, caller = request.url.path, request.client.host if request.client else ""
        signing_in = path == "/session" and request.method == "POST"
        if not signing_in and (key := self._of_cookie(request)):
            return self._counted(request, key)
        given = await _given(request, signing_in)
        if given is None and not signing_in:
            public = path in OPEN or path.startswith("/static/")
            return None if public else _ask_for_it(request, "give the token as Authorization: Bearer TOKEN")
        if wait := self._wait(caller):
            return _too_often("too many wrong tokens; wait a minute", wait)
        key = holder(self._keys, given or "")
        if key is None:
            self._note(caller)
            return _ask_for_it(
                request, "the token is wrong; give the one that you were given for this server"
            )
        if signing_in or "token" in request.query_params:
            return self._signed_in(request, key)
        return self._counted(request, key)

    def _counted(self, request: Request, key: Key) -> Response | None:
        """Let a call through unless its key has had its share of this minute."""
        request.scope[CALLER], request.scope[SEES] = key.name, key.scope
        rate = self._rates.get(key.name)
        if rate is None or not request.url.path.startswith("/api/") or not (wait := rate.take()):
            return None
        return _too_often(f"this key may ask {key.per_minute} times a minute; wait a little", wait)

    def _wait(self, caller: str) -> float:
        """Return the seconds until an address may try again; 0: now."""
        wrong, now = self._wrong.get(caller, deque()), monotonic()
        while wrong and wrong[0] < now - _MINUTE:
            wrong.popleft()
        return wrong[0] + _MINUTE - now if len(wrong) >= self._attempts else 0

    def _note(self, caller: str) -> None:
        if len(self._wrong) >= _CALLERS:
            self._wrong.clear()
        self._wrong[caller].append(monotonic())

    def _session(self, key: Key) -> str:
        """Return what a browser keeps in place of a key."""
        return hmac.new(self._secret, key.sha256.encode(), "sha256").hexdigest()

    def _of_cookie(self, request: Request) -> Key | None:
        kept = request.cookies.get(_cookie(request), "").encode()
        found = [key for key in self._keys if hmac.compare_digest(self._session(key).encode(), kept)]
        return found[0] if found else None

    def _signed_in(self, request: Request, key: Key) -> Response:
        """Let the browser keep who it is, and the token leave its address bar."""
        url = request.url.remove_query_params("token")
        path = "/" + url.path.lstrip("/")  # two strokes would name another server
        response = RedirectResponse("/" if path == "/session" else f"{path}?{url.query}".rstrip("?"), 303)
        secure = request.url.scheme == "https"
        response.set_cookie(
            _cookie(request), self._session(key), httponly=True, samesite="strict", secure=secure
        )
        return response


def _cookie(request: Request) -> str:
    """Name a page's cookie by its port, for browsers don't: two pages of one host have one each."""
    return f"{COOKIE}-{request.url.port or request.url.scheme}"


async def _given(request: Request, signing_in: bool) -> str | None:
    """Return what a request shows: header, form or query."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    if signing_in:
        return parse_qs((await request.body()).decode("utf-8", "replace")).get("token", [""])[0]
    return request.query_params.get("token")


def _ask_for_it(request: Request, error: str) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        wrong = "wrong" in error
        return page(request, "token.html", {"wrong": wrong}, 401)
    return refuse(Refusal(401, error, "token", {"WWW-Authenticate": "Bearer"}))


def _too_often(error: str, wait: float) -> Response:
    return refuse(Refusal(429, error, "token", {"Retry-After": str(ceil(wait))}))
