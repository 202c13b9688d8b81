"""An application → a server that runs until it is told to stop."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.applications import Starlette

from tritonqa.errors import InputError
from tritonqa.hosts import reachable
from tritonqa.web.options import WebOptions
from tritonqa.web.service import Service

_GRACE_SECONDS = 3  # for answers under way when the server is told to stop
_IDLE_SECONDS = 30


class Server(uvicorn.Server):
    """Ends the streams of events before it waits for answers under way: nobody waits for those to end."""

    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        """Take the application that is served."""
        super().__init__(config)
        self._service: Service = app.state.service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go of who listens, then of all."""
        if self._service.indexer is not None:
            self._service.indexer.leave()
        await super().shutdown(sockets)


def serve(app: Starlette, options: WebOptions, ready: Callable[[str], None]) -> None:
    """Listen, tell ready the address, and serve until SIGINT or SIGTERM; raises InputError."""
    # what told it to stop comes once more when all is shut down: uvicorn raises it again
    with listening(options.host, options.port) as opened, suppress(KeyboardInterrupt):
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
        Server(config, app).run(sockets=[opened])


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
    name = reachable(host).strip("[]")
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"
