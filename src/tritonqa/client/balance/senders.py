"""What sends calls to each of several servers: one by one, or over a stream to each."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Protocol

from tritonqa.client.balance.fleet import Fleet
from tritonqa.client.balance.server import Server
from tritonqa.client.base import Joiner, Send
from tritonqa.errors import Unavailable
from tritonqa.protocol.call import Call


class Senders(Protocol):
    """What sends calls to a server."""

    @property
    def is_open(self) -> bool:
        """Say whether calls may still be sent; what comes afterwards says nothing of a server."""

    def of(self, server: Server) -> Send:
        """Return what sends to a server; raises Unavailable where it is closed."""


class Direct:
    """Send each call by itself."""

    def __init__(self, fleet: Fleet) -> None:
        """Take the servers."""
        self._fleet = fleet

    @property
    def is_open(self) -> bool:
        """Say whether the servers' connections are open."""
        return not self._fleet.closed.is_set()

    def of(self, server: Server) -> Send:
        """Return the server's own sending."""
        return server.client.send


class Streams:
    """A stream to each server, opened with its first call."""

    def __init__(self, fleet: Fleet, cancel: Call, joiner: Joiner | None) -> None:
        """Take what Client.stream takes."""
        self._fleet, self._cancel, self._joiner = fleet, cancel, joiner
        self._lock, self._opened, self._stack = threading.Lock(), dict[Server, Send](), ExitStack()
        self._is_closed = False

    @property
    def is_open(self) -> bool:
        """Say whether the block of the stream was not left yet."""
        return not self._is_closed and not self._fleet.closed.is_set()

    def of(self, server: Server) -> Send:
        """Return the sending of the stream to a server."""
        with self._lock:
            if self._is_closed:
                raise Unavailable("the stream was closed")
            if server not in self._opened:
                stream = server.client.stream(self._cancel, self._joiner)
                self._opened[server] = self._stack.enter_context(stream)
            return self._opened[server]

    def close(self) -> None:
        """End the streams."""
        with self._lock:
            self._is_closed = True
        self._stack.close()
