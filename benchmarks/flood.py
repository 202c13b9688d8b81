"""Requests sent at a rate, whatever comes back: over HTTP, written beforehand.

A sender that shares the server's cores must cost little: this one takes 15 us a request, a gRPC client 110.
Where it has to wait for a core itself it sends in a burst and sees responses late: Flood tells those apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from tritonqa.client import Address
from tritonqa.protocol.call import Call
from tritonqa.protocol.http import request

_TICK = 0.005  # seconds between the sender's turns


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: when it was due, sent, and its response seen (seconds), and the response's status."""

    due: float
    at: float
    until: float
    status: int


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


class Caller(asyncio.Protocol):
    """A connection that carries one request at a time."""

    def __init__(self) -> None:
        """Wait for the connection."""
        self._received = b""
        self.answer: asyncio.Future[int]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what writes."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self, message: bytes) -> asyncio.Future[int]:
        """Send a request; its future gets the status when the whole response has come."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(message)
        return self.answer

    def data_received(self, data: bytes) -> None:
        """Read on, until the body is as long as its header says."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if found and len(body) >= int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]):
            self._received = b""
            self.answer.set_result(int(head.split(b" ", 2)[1]))

    def connection_lost(self, error: Exception | None) -> None:
        """Fail what waits."""
        if hasattr(self, "answer") and not self.answer.done():
            self.answer.set_exception(error or ConnectionError("the server closed the connection"))


def written(call: Call) -> bytes:
    """Write a call as the bytes that go over the wire."""
    size, body = request(call)
    head = (
        f"POST /v2/models/{call.model}/infer HTTP/1.1\r\nHost: triton\r\n"
        f"Inference-Header-Content-Length: {size}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def flood(address: Address, messages: Sequence[bytes], rate: float, seconds: float) -> Flood:
    """Send messages in turn, rate of them a second, and wait for what comes back."""
    loop, free, begun = asyncio.get_running_loop(), list[Caller](), perf_counter()

    async def one(due: float, message: bytes) -> Sent:
        at = perf_counter() - begun
        if free:
            caller = free.pop()
        else:
            _, caller = await loop.create_connection(Caller, address.host, address.port)
        status = await caller.send(message)
        free.append(caller)
        return Sent(due, at, perf_counter() - begun, status)

    calls: list[asyncio.Task[Sent]] = []
    stalls, last = [], 0.0
    while (now := perf_counter() - begun) < seconds:
        if now - last > 2 * _TICK:
            stalls.append((last + _TICK, now))
        last = now
        while len(calls) < now * rate:
            calls.append(asyncio.create_task(one(len(calls) / rate, messages[len(calls) % len(messages)])))
        await asyncio.sleep(_TICK)
    found = await asyncio.gather(*calls)
    for caller in free:
        caller.transport.close()
    return Flood(found, stalls)
