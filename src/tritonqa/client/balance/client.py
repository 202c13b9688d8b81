"""Several servers as one client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager
from functools import partial
from typing import Any

from tritonqa.client.address import Address
from tritonqa.client.balance.call import BalancedCall
from tritonqa.client.balance.fleet import Fleet
from tritonqa.client.balance.senders import Direct, Senders, Streams
from tritonqa.client.balance.server import Server
from tritonqa.client.balance.watch import watch
from tritonqa.client.base import Cancel, Client, Joiner, Reply, Send
from tritonqa.client.resolve import resolve
from tritonqa.errors import Timeout, Unavailable
from tritonqa.protocol.call import Call, Tensors

_OTHERS = 2.0  # seconds that other servers have to say what they run, when the first has


class BalancedClient(Client):
    """Send each call to the server that would be done first, and to another where that fails or is late.

    A server that refuses rests a little; one that is gone, draining or silent is left out until it is well
    again. The first to answer a call counts, and each server is asked for it once.
    """

    def __init__(
        self,
        given: Sequence[Address],
        open: Callable[[Address], Client],
        found: Sequence[Address] | None = None,
    ) -> None:
        """Open a client for each server that was found; a name of several addresses in DNS is several."""
        self._given = given
        self._fleet = Fleet(found or resolve(given), open)
        self._direct = Direct(self._fleet)
        self._is_watched = False

    def send(self, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        """Send a call; see Client."""
        return self._send(self._direct, call, reply, timeout)

    def infer(self, call: Call, timeout: float | None = None) -> Tensors:
        """Send a call and wait; see Client."""
        future = self.submit(call, timeout)
        try:
            return future.result()
        finally:
            future.cancel()

    @contextmanager
    def stream(self, cancel: Call, joiner: Joiner | None = None) -> Iterator[Send]:
        """Send many calls, over a stream to each server; see Client."""
        streams = Streams(self._fleet, cancel, joiner)
        try:
            yield partial(self._send, streams)
        finally:
            streams.close()

    def config(self, model: str) -> dict[str, Any]:
        """Return the configuration that the servers share; see Client.

        Servers that do not answer are left out. Raises EngineError that names one that runs something else.
        """
        problems = self._ask_configs(model)
        if all(server.config is None for server in self._fleet.servers):
            told = "; ".join(f"{server.address}: {problem}" for server, problem in problems.items())
            raise Unavailable(f"none of the servers answers: {told}")
        for server, problem in problems.items():
            self._fleet.leave(server, problem)
        config = dict(self._fleet.agree())
        if not self._is_watched:
            watch(self._fleet, self._given, model)
            self._is_watched = True
        return config

    def version(self) -> str:
        """Return the versions of Triton that run on the servers that answer; see Client."""
        ready = [server for server in self._fleet.servers if server.is_ready] or self._fleet.servers
        return ", ".join(sorted({server.client.version() for server in ready}))

    def ready(self, timeout: float) -> bool:
        """Say whether one of the servers takes calls; see Client."""
        return any(server.takes_asks() for server in self._fleet.servers)

    def servers(self) -> Mapping[str, str]:
        """Say of each server by its address whether it is asked: ready, or why not."""
        return {
            str(server.address): server.differs or ("ready" if server.is_ready else server.problem)
            for server in self._fleet.servers
        }

    def close(self) -> None:
        """Let go of all servers."""
        self._fleet.closed.set()
        for server in self._fleet.servers:
            server.client.close()

    def _send(self, senders: Senders, call: Call, reply: Reply, timeout: float | None = None) -> Cancel:
        balanced = BalancedCall(self._fleet, senders, call, reply, timeout)
        balanced.begin()
        return balanced.cancel

    def _ask_configs(self, model: str) -> dict[Server, str]:
        """Ask all servers at once what they run; return why some did not say."""
        servers = self._fleet.servers
        threads = ThreadPoolExecutor(len(servers), "tritonqa-config")
        asked = {threads.submit(server.client.config, model): server for server in servers}
        for done in as_completed(asked):
            if done.exception() is None:
                break
        wait(asked, _OTHERS)
        threads.shutdown(wait=False)
        problems: dict[Server, str] = {}
        for future, server in asked.items():
            server.config, problem = _found(future)
            if problem:
                problems[server] = problem
        return problems


def _found(asked: Future[dict[str, Any]]) -> tuple[dict[str, Any] | None, str]:
    """Return what a server runs, or why it did not say; raises what asking again would not mend."""
    if not asked.done():
        return None, "it gave no answer in time"
    try:
        return asked.result(), ""
    except (Unavailable, Timeout) as error:
        return None, str(error)
