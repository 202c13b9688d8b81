"""An application → a server that runs until it is told to stop."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from tritonqa.errors import InputError
from tritonqa.web.options import WebOptions

_GRACE_SECONDS = 3  # for answers under way when the server is told to stop
_IDLE_SECONDS = 30


def serve(app: ASGIApp, options: WebOptions, ready: Callable[[str], None]) -> None:
    """Listen, tell ready the address, and serve until SIGINT or SIGTERM; raises InputError."""
    with listening(options.host, options.port) as opened:
        ready(address(options.host, opened.getsockname()[1]))
        config = uvicorn.Config(
            app,
            log_level=logging.WARNING,
            access_log=False,  # it would write down addresses with what they ask
            server_header=False,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            h11_max_incomplete_event_size=65_536,
        )
        uvicorn.Server(config).run(sockets=[opened])


def listening(host: str, port: int) -> socket.socket:
    """Open a socket that listens; raises InputError that names the field."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise InputError(
            f"host {host} is not known: {error.strerror}; give an address of this machine", "host"
        ) from error
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(place)
        opened.listen(256)
    except OSError as error:
        opened.close()
        raise InputError(
            f"port {port} of {host} can't be listened on: {error.strerror}; choose another --port (0: any)",
            "port",
        ) from error
    return opened


def address(host: str, port: int) -> str:
    """Write the address to open in a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host).strip("[]")
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"
