"""Requests sent at a rate, whatever comes back: over HTTP, written beforehand.

A sender that shares the server's cores must cost little: one thread, plain sockets. Where it has to wait for
a core itself it sends in a burst and sees responses late: Flood tells those apart.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from time import perf_counter

from tritonqa.client import Address
from tritonqa.protocol.call import Call
from tritonqa.protocol.http import request

_TICK = 0.005  # seconds between the sender's turns
_READ = 65_536  # bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: when it was due, sent, and its response seen (seconds), the response's status, its bytes."""

    due: float
    at: float
    until: float
    status: int
    size: int


@dataclass(frozen=True, slots=True)
class Flood:
    """What was sent, and the times (seconds) in which the sender had no core."""

    sent: list[Sent]
    stalls: list[tuple[float, float]]

    def in_time(self, one: Sent) -> bool:
        """Say whether the sender was there when a request was due and when its response came."""
        return one.at - one.due < 2 * _TICK and not any(
            begun < one.until and one.at < ended for begun, ended in self.stalls
        )


class Caller:
    """A connection that carries one request at a time."""

    def __init__(self, connected: socket.socket) -> None:
        """Take a connection."""
        self.socket = connected
        self.due, self.at, self.size = 0.0, 0.0, 0
        self._received = b""

    def send(self, due: float, at: float, message: bytes) -> None:
        """Send a request that was due, at a time."""
        self.due, self.at, self.size = due, at, len(message)
        self.socket.sendall(message)

    def status(self) -> int | None:
        """Read what has come: the response's status when its body is as long as its header says."""
        data = self.socket.recv(_READ)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]):
            return None
        self._received = b""
        return int(head.split(b" ", 2)[1])


def written(call: Call) -> bytes:
    """Write a call as the bytes that go over the wire."""
    size, body = request(call)
    head = (
        f"POST /v2/models/{call.model}/infer HTTP/1.1\r\nHost: triton\r\n"
        f"Inference-Header-Content-Length: {size}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def flood(address: Address, messages: Sequence[bytes], rate: float, seconds: float) -> Flood:
    """Send messages in turn, rate of them a second, and wait for what comes back."""
    sent, stalls = list[Sent](), list[tuple[float, float]]()
    callers, free = dict[int, Caller](), list[Caller]()
    number, last, begun = 0, 0.0, perf_counter()
    with select.epoll() as responses, ExitStack() as opened:
        while (now := perf_counter() - begun) < seconds or len(sent) < number:
            if now - last > 2 * _TICK:
                stalls.append((last + _TICK, now))
            last = now
            while number < min(now, seconds) * rate:
                if not free:
                    caller = Caller(
                        opened.enter_context(socket.create_connection((address.host, address.port)))
                    )
                    callers[caller.socket.fileno()] = caller
                    responses.register(caller.socket, select.EPOLLIN)
                    free.append(caller)
                free.pop().send(number / rate, perf_counter() - begun, messages[number % len(messages)])
                number += 1
            for descriptor, _ in responses.poll(_TICK):
                caller = callers[descriptor]
                if (status := caller.status()) is not None:
                    sent.append(Sent(caller.due, caller.at, perf_counter() - begun, status, caller.size))
                    free.append(caller)
    return Flood(sent, stalls)
