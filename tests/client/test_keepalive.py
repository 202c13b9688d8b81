from __future__ import annotations

import socket
import sys

import pytest

from tritonqa.client.keepalive import TRY, grpc_options, socket_options


@pytest.mark.parametrize("timeout", [2.0, 4.0, 10.0, 60.0, 120.0, 3600.0])
def test_a_dropped_connection_is_noticed_while_there_is_time_for_another_try(timeout: float) -> None:
    options = dict(grpc_options(timeout))
    noticed = options["grpc.keepalive_time_ms"] + options["grpc.keepalive_timeout_ms"]
    assert noticed <= 1000 * max(2.0, TRY * timeout)
    assert options["grpc.http2.ping_timeout_ms"] == options["grpc.keepalive_timeout_ms"]
    assert options["grpc.keepalive_time_ms"] >= 1000  # twice what our servers allow, so that none is a strike


@pytest.mark.parametrize("timeout", [0.01, 60.0, 86_400.0])
def test_a_socket_takes_its_options(timeout: float) -> None:
    with socket.socket() as made:
        for option in socket_options(timeout):
            made.setsockopt(*option)
        assert made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if sys.platform == "linux":
            assert 1 <= made.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) <= 60
