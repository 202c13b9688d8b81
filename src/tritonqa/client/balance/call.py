"""A call to one of several servers, and to another when that is late or refuses: the first answer counts."""

from __future__ import annotations

from functools import partial
from math import inf
from time import monotonic

from tritonqa.client.balance.fleet import Fleet
from tritonqa.client.balance.senders import Senders
from tritonqa.client.balance.server import Server, Try, work_of
from tritonqa.client.base import Reply
from tritonqa.errors import Overloaded, Timeout, TritonQAError, Unavailable
from tritonqa.protocol.call import Call, Tensors

_ELSEWHERE = (Unavailable, Overloaded, Timeout)  # another server may still answer


class BalancedCall:
    """A call with its tries, each at another server, until one is answered or all have failed."""

    def __init__(
        self, fleet: Fleet, senders: Senders, call: Call, reply: Reply, timeout: float | None
    ) -> None:
        """Take a call; timeout is for all its tries."""
        self._fleet, self._senders, self._call, self._reply = fleet, senders, call, reply
        self._until = monotonic() + timeout if timeout is not None else inf
        self._work = work_of(call)
        self._tries: set[Try] = set()
        self._asked: set[Server] = set()
        self._is_done = False

    def begin(self) -> None:
        """Send the call to the server that would be done first; raises EngineError where there is none."""
        with self._fleet.lock:
            sent = self._begin_try(self._fleet.first(self._work))
        self._send(sent)

    def send_elsewhere(self, late: Try) -> None:
        """Send a late call to another server too, where one takes it."""
        with self._fleet.lock:
            tried = {sent.server for sent in self._tries}
            server = None if self._is_done else self._fleet.best(self._work, tried)
            if server is None:
                return
            late.is_spread = True
            self._fleet.spread()
            sent = self._begin_try(server)
        self._send(sent)

    def cancel(self) -> None:
        """Drop all tries; no other follows."""
        with self._fleet.lock:
            self._is_done = True
            dropped = self._leave()
        for sent in dropped:
            sent.drop()

    def _begin_try(self, server: Server) -> Try:
        self._asked.add(server)
        sent = server.begin(self, self._work)
        self._tries.add(sent)
        return sent

    def _send(self, sent: Try) -> None:
        left = self._until - monotonic()
        try:
            send = self._senders.of(sent.server)
            sent.cancel = send(
                self._call, partial(self._receive, sent), max(0.0, left) if left < inf else None
            )
        except TritonQAError as error:
            self._receive(sent, error)
        if self._is_done:
            sent.drop()

    def _receive(self, sent: Try, found: Tensors | Exception) -> None:
        with self._fleet.lock:
            if sent not in self._tries:
                return
            self._tries.remove(sent)
            self._learn(sent, found)
            again = self._senders.is_open and isinstance(found, _ELSEWHERE) and monotonic() < self._until
            if again and self._waits():
                return
            server = self._fleet.best(self._work, self._asked) if again else None
            other = self._begin_try(server) if server else None
            self._is_done = other is None
            dropped = [] if other else self._leave()
        if other is not None:
            self._send(other)
            return
        for late in dropped:
            late.drop()
        self._reply(found)

    def _waits(self) -> bool:
        """Say whether other tries may still be answered; the late ones among them may go elsewhere again."""
        for other in self._tries:
            other.is_spread = False
        return bool(self._tries)

    def _learn(self, sent: Try, found: Tensors | Exception) -> None:
        """Tell the server's record what came; where the stream or all was closed, it says nothing."""
        if not self._senders.is_open:
            sent.server.give_up(sent)
            return
        if isinstance(found, Unavailable):
            self._fleet.leave(sent.server, str(found))
        sent.server.end(sent, found)
        if not isinstance(found, _ELSEWHERE):
            self._fleet.answered()

    def _leave(self) -> list[Try]:
        dropped = list(self._tries)
        for sent in dropped:
            sent.server.give_up(sent)
        self._tries.clear()
        return dropped
