"""The servers behind one name: which is asked next, which may be asked at all."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from tritonqa.client.address import Address
from tritonqa.client.balance.server import Server, Try
from tritonqa.client.base import Client
from tritonqa.errors import EngineError
from tritonqa.protocol.parameters import identity

_ALIKE = 1.25  # loads that differ by less are the same
_FIRST_PACE = 0.01  # seconds for a unit of work where none was answered yet
_SHARE, _MOST = 0.05, 8.0  # tries of late calls elsewhere, for each answer and at most at once
_LOG = logging.getLogger("tritonqa.client")


class Fleet:
    """Servers of one model; lock guards what is known of them."""

    def __init__(self, addresses: Sequence[Address], open: Callable[[Address], Client]) -> None:
        """Open a client for each address; nothing is sent."""
        self._open = open
        self.lock = threading.RLock()
        self.closed = threading.Event()
        self.servers = [Server(address, open(address)) for address in addresses]
        self._agreed: dict[str, Any] = {}
        self._spare = _MOST

    def __str__(self) -> str:
        """Name the servers."""
        return ", ".join(str(server.address) for server in self.servers)

    def first(self, work: float) -> Server:
        """Pick the server for a call: among those that take none where no other is left.

        Raises EngineError where all run another model than was agreed on.
        """
        with self.lock:
            found = self.best(work) or self._least_bad(work)
        if found is None:
            raise EngineError(f"none of {self} runs what this reader was loaded with any more; load it again")
        return found

    def best(self, work: float, without: Collection[Server] = ()) -> Server | None:
        """Pick the server that would be done first, of several the one whose calls are most like this one.

        None where no other takes calls.
        """
        with self.lock:
            return self._quickest(work, [s for s in self.servers if s not in without and s.takes_asks()])

    def _least_bad(self, work: float) -> Server | None:
        same = [server for server in self.servers if not server.differs]
        return self._quickest(work, [server for server in same if server.is_ready] or same)

    def _quickest(self, work: float, servers: Sequence[Server]) -> Server | None:
        paces = [server.pace for server in servers if server.pace is not None]
        usual = min(paces, default=_FIRST_PACE)
        waits = [server.wait(work, usual) for server in servers]
        near = [s for s, wait in zip(servers, waits, strict=True) if wait <= _ALIKE * min(waits)]
        return min(near, key=lambda server: (server.unlike(work), random.random()), default=None)

    def answered(self) -> None:
        """Let an answer pay for its share of tries elsewhere."""
        self._spare = min(_MOST, self._spare + _SHARE)

    def spread(self) -> None:
        """Count a try elsewhere of a call that is late."""
        self._spare = max(0.0, self._spare - 1)

    def late(self) -> list[Try]:
        """List the calls that are to be sent elsewhere too: all that are at servers that are gone.

        Of a server that is merely slow only a few are: more would double the work of servers that are full.
        """
        with self.lock:
            return [
                sent
                for server in self.servers
                for sent in server.late()[: None if server.is_gone else int(self._spare)]
            ]

    def leave(self, server: Server, problem: str, *, is_gone: bool = True) -> None:
        """Send nothing more to a server until it was found well."""
        with self.lock:
            if server.is_ready:
                _LOG.warning("%s is left out: %s", server.address, problem)
            server.leave(problem, is_gone=is_gone)

    def found_well(self, server: Server, config: Mapping[str, Any]) -> None:
        """Ask a server again, where it runs what the others run."""
        with self.lock:
            if not server.is_ready:
                _LOG.info("%s is asked again", server.address)
            server.come_back()
            server.config = config
            self._compare(server)

    def agree(self) -> Mapping[str, Any]:
        """Return the configuration that all servers share; raises EngineError that names one that differs."""
        with self.lock:
            first, *others = [server for server in self.servers if server.config is not None]
            assert first.config is not None
            self._agreed = identity(first.config)
            for other in others:
                if difference := self._difference(other):
                    raise EngineError(
                        f"{other.address} does not run what {first.address} runs: {difference}; "
                        "name servers of the same reader"
                    )
            return first.config

    def add(self, address: Address) -> Server:
        """Take a server in, to be asked when it was found well."""
        server = Server(address, self._open(address), is_ready=False, problem="it is new")
        with self.lock:
            self.servers.append(server)
        return server

    def remove(self, server: Server) -> None:
        """Ask a server no more; what is under way there is still answered."""
        with self.lock:
            self.servers.remove(server)

    def _compare(self, server: Server) -> None:
        """Leave a server out that runs something else, until no server runs what was agreed on."""
        server.differs = self._difference(server)
        known = [each for each in self.servers if each.config is not None]
        if server.differs and all(each.differs for each in known):
            self._agreed = identity(server.config or {})
            for each in known:
                each.differs = self._difference(each)

    def _difference(self, server: Server) -> str:
        own = identity(server.config or {})
        return "; ".join(
            f"{name} {own[name]} there, {self._agreed[name]} here"
            for name in sorted(own.keys() & self._agreed.keys())
            if own[name] != self._agreed[name]
        )
