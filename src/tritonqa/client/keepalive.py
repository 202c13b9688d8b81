"""How soon a connection that was dropped in silence is noticed: in time for its ask to go over another.

A load balancer or NAT that forgets a connection tells neither end. Times are in seconds, parts of an ask's.
"""

from __future__ import annotations

import socket

TRY = 3 / 4  # of an ask's time: without a byte until then, an ask over HTTP is sent again
_PING, _ANSWER = 1 / 4, 1 / 2  # of an ask's time: together at most TRY
_LEAST, _MOST = 1.0, 60.0


def grpc_options(timeout: float) -> tuple[tuple[str, int], ...]:
    """Ping while a call is under way: four times in its time, which servers with gRPC's defaults take.

    gRPC's own pings, which measure the line, would hold the others up for a minute: they have the same time.
    """
    answer = _milliseconds(_ANSWER * timeout)
    return (
        ("grpc.keepalive_time_ms", _milliseconds(_PING * timeout)),
        ("grpc.keepalive_timeout_ms", answer),
        ("grpc.http2.ping_timeout_ms", answer),
        ("grpc.http2.max_pings_without_data", 0),
    )


def socket_options(timeout: float) -> list[tuple[int, int, int]]:
    """Let the system probe a connection that is quiet, and give up one whose bytes are not received.

    A system that lacks one of these goes without it.
    """
    seconds = _milliseconds(_PING * timeout) // 1000
    wanted = {
        "TCP_KEEPIDLE": seconds,
        "TCP_KEEPALIVE": seconds,  # its name on macOS
        "TCP_KEEPINTVL": seconds,
        "TCP_USER_TIMEOUT": _milliseconds(_ANSWER * timeout),
    }
    known = {name: getattr(socket, name) for name in wanted if hasattr(socket, name)}
    return [
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        *((socket.IPPROTO_TCP, number, wanted[name]) for name, number in known.items()),
    ]


def _milliseconds(seconds: float) -> int:
    return int(1000 * min(_MOST, max(_LEAST, seconds)))
