"""A proxy on loopback that can drop its connections in silence, as a load balancer that forgot them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class SilentProxy:
    """Passes bytes on, both ways; those of connections that were dropped it takes, and tells nobody."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._dropped = 0
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    @property
    def connections(self) -> int:
        """How many were made, dropped ones too."""
        return len(self._pairs)

    def drop(self) -> None:
        """Drop all connections that are open; those that are made from now on are served."""
        self._dropped = len(self._pairs)

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            for end in (end for pair in self._pairs for end in pair):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            thread.join()
        for end in (self._listening, *(end for pair in self._pairs for end in pair)):
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                pair = near, socket.create_connection(("127.0.0.1", self._target))
                number = len(self._pairs)
                self._pairs.append(pair)
                for source, target in (pair, pair[::-1]):
                    self._threads.append(threading.Thread(target=self._pass, args=(number, source, target)))
                    self._threads[-1].start()

    def _pass(self, number: int, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if number >= self._dropped:
                    target.sendall(data)
        if number >= self._dropped:
            with suppress(OSError):
                target.shutdown(socket.SHUT_WR)


@contextmanager
def silent_proxy(port: int) -> Iterator[SilentProxy]:
    """Run a proxy before a port of this machine."""
    proxy = SilentProxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
