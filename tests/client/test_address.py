from __future__ import annotations

import re

import pytest

from tritonqa import Reader
from tritonqa.client import Address, parse_addresses
from tritonqa.client.resolve import resolve
from tritonqa.errors import InputError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("grpc://a:8001,b:8001", "grpc://a:8001 grpc://b:8001"),
        ("http://a,b", "http://a:8000 http://b:8000"),
        ("grpc://a,grpc://b:9", "grpc://a:8001 grpc://b:9"),
        ("grpc://a,http://b, c", "grpc://a:8001 http://b:8000 http://c:8000"),
        ("http://a/one,b/two", "http://a:8000/one http://b:8000/two"),
        ("grpc://[::1]:1,[::1]:2", "grpc://[::1]:1 grpc://[::1]:2"),
        ("grpc://a", "grpc://a:8001"),
    ],
)
def test_several_addresses(url: str, expected: str) -> None:
    assert " ".join(map(str, parse_addresses(url))) == expected


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("grpc://a,,b", "a comma without an address beside it"),
        ("grpc://a,", "a comma without an address beside it"),
        ("grpc://a,a:8001", "names grpc://a:8001 twice"),
        ("grpc://a,b:x", "no address of a Triton"),
        ("grpc://a,ftp://b", "no address of a Triton"),
    ],
)
def test_what_is_wrong_is_said(url: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_addresses(url)


@pytest.mark.parametrize(
    "url", ["grpc://127.0.0.1:8001", "grpc://localhost:8001", "grpc://no-such-host.invalid"]
)
def test_one_server_stays_as_it_is(url: str) -> None:
    address = Address.parse(url)
    assert resolve([address]) == (address,)


@pytest.mark.parametrize(
    "name",
    [
        "localhost:8001",
        "127.0.0.1:8000",
        "host.example.com:81/models",
        "[::1]:8001",
        "localhost",
        "10.0.0.7",
    ],
)
def test_a_forgotten_scheme_is_said(name: str) -> None:
    with pytest.raises(InputError, match=f"write grpc://{re.escape(name)} for its gRPC port or http://"):
        Reader.load(name)
