"""Requests that were made for this server, by its own page or by a program."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from tritonqa.hosts import is_loopback
from tritonqa.web.refusal import Refusal, refuse

_SAFE = ("GET", "HEAD", "OPTIONS")


class OriginCheck:
    """Refuses names that lead here by another's doing (DNS rebinding) and requests of other sites' pages."""

    def __init__(
        self, app: ASGIApp, host: str, names: Sequence[str] = (), allowed: Sequence[str] = ()
    ) -> None:
        """Take what answers, where it listens, its names, and the origins of other sites that may ask."""
        self._app, self._host, self._allowed = app, host, allowed
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what was meant for this server; 403 otherwise."""
        if scope["type"] == "http" and (refusal := self._refusal(Request(scope))):
            await refuse(refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, request: Request) -> Refusal | None:
        hosts = request.headers.getlist("host")
        if len(hosts) != 1 or not self._is_ours(_name(hosts[0])):
            return Refusal(
                403, "this server does not go by the name in the request's Host; --name gives it one", "Host"
            )
        origin = request.headers.get("origin")
        if origin in self._allowed:
            return None
        if origin is not None and _place(origin) != hosts[0].lower():
            return Refusal(403, "another site's page may not use this server", "Origin")
        if _from_elsewhere(request.headers, request.method):
            return Refusal(403, "another site's page may not use this server", "Sec-Fetch-Site")
        return None

    def _is_ours(self, name: str) -> bool:
        if name in self._names:
            return True
        if is_loopback(self._host):
            return is_loopback(name)
        try:
            return bool(ip_address(name))
        except ValueError:
            return name in {
                "localhost",
                self._host.lower(),
                socket.gethostname().lower(),
                socket.getfqdn().lower(),
            }


def _place(origin: str) -> str:
    """Return an Origin's host and port, as a Host has them."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _name(host: str) -> str:
    """Return a Host without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _from_elsewhere(headers: Mapping[str, str], method: str) -> bool:
    """Tell whether a browser says that another site's page asks; following a link to here is fine."""
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    return not (method in _SAFE and headers.get("sec-fetch-mode") == "navigate")
