from __future__ import annotations

import shutil
import socket
import sys
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

from tests.support.authority import issue
from tritonqa.errors import InputError, ServerError
from tritonqa.triton.repository.options import Limits
from tritonqa.triton.server.options import Serving


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"http_port": -1}, "http_port"),
        ({"grpc_port": 65_536}, "grpc_port"),
        ({"http_port": 9000, "metrics_port": 9000}, "http_port, grpc_port, metrics_port must differ"),
        ({"drain_timeout": nan}, "drain_timeout"),
        ({"start_timeout": inf}, "start_timeout"),
        ({"certificate": None, "key": "key.pem"}, "certificate and key go together"),
    ],
)
def test_bad_servings_name_the_field(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match=field):
        Serving(**options)


@pytest.mark.parametrize(
    ("name", "value"),
    [("waiting", 0), ("question", -1), ("passages", 0), ("characters", 0)]
    + [("seconds", value) for value in (0, -1, nan, 86_401)],
)
def test_bad_limits_name_the_field(name: str, value: float) -> None:
    with pytest.raises(InputError, match=name):
        Limits(**{name: value})  # type: ignore[arg-type]


def test_free_ports_are_found_and_chosen_ones_kept() -> None:
    chosen = Serving(http_port=0, grpc_port=0, metrics_port=0).with_ports().grpc_port
    found = Serving(http_port=0, grpc_port=chosen, metrics_port=0).with_ports()
    assert found.grpc_port == chosen and len({found.http_port, found.metrics_port, chosen, 0}) == 4


def test_a_name_is_served_at_its_address() -> None:
    found = Serving(host="localhost", http_port=0, grpc_port=0, metrics_port=0).with_ports()
    assert found.host in ("127.0.0.1", "::1")
    assert Serving(host="::1").bracketed == "[::1]"


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        taken = held.getsockname()[1]
        with pytest.raises(ServerError, match=f"metrics_port {taken} at 127.0.0.1: Address already in use"):
            Serving(http_port=0, grpc_port=0, metrics_port=taken).with_ports()


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    for name in ("certificate.pem", "key.pem"):
        (tmp_path / name).write_text("no PEM")
    with pytest.raises(InputError, match="certificate .* and key"):
        Serving(certificate=tmp_path / "certificate.pem", key=tmp_path / "key.pem")


@pytest.mark.skipif(
    shutil.which("openssl") is None or sys.platform != "linux", reason="needs openssl, 127.0.0.2"
)
def test_with_a_certificate_http_is_reached_where_it_listens(tmp_path: Path) -> None:
    issue(tmp_path, "authority")
    issue(tmp_path, "server", "authority")
    pair = (tmp_path / "server.pem", tmp_path / "server.key")
    with socket.create_server(("127.0.0.2", 0)) as other:
        taken = other.getsockname()[1]  # of another address: HTTP does not listen there
        place = Serving("127.0.0.2", taken, 0, 0, certificate=pair[0], key=pair[1]).with_ports()
    assert (place.http.host, place.grpc.host) == ("127.0.0.1", "127.0.0.2")


def test_a_host_of_another_machine_is_refused() -> None:
    with pytest.raises(InputError, match="host '203.0.113.7' can't be listened on"):
        Serving(host="203.0.113.7").with_ports()


@pytest.mark.parametrize(
    ("questions", "passages", "message"),
    [
        (["q" * 11], ["x"], "question has 11 characters"),
        (["q" * 10] * 4, ["x"] * 4, "questions have 40 characters"),
        (["q"] * 9, ["x"] * 9, "question is 9 texts; this server takes 8 a request"),
        (["q"], ["x"] * 31, "passages are 31; this server takes 30 a request"),
        (["q"], ["x" * 36], "passages have 36 characters"),
    ],
)
def test_what_is_too_large_is_named(questions: list[str], passages: list[str], message: str) -> None:
    limits = Limits(waiting=16, question=10, passages=30, characters=35)
    with pytest.raises(InputError, match=message):
        limits.check(questions, passages)
    limits.check(["q" * 4] * 8, ["x"] * 30)
