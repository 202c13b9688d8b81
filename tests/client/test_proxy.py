"""Proxies of the environment: loopback goes direct, gRPC and HTTP alike, and errors name the proxy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tritonqa import Reader
from tritonqa.client import Address, Connection
from tritonqa.client.proxy import proxy_of
from tritonqa.errors import InputError, Unavailable
from tritonqa.triton.server.admin import Admin

ONCE = Connection(timeout=20, retries=0)


class Proxy(ThreadingHTTPServer):
    """Refuses all, and keeps what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.shown: set[str | None] = set()


class Handler(BaseHTTPRequestHandler):
    server: Proxy

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.server.shown.add(self.headers.get("Proxy-Authorization"))
        self.send_response(502)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_CONNECT = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    for name in ("http", "https", "grpc", "no", "no_grpc"):
        for written in (f"{name}_proxy", f"{name}_proxy".upper()):
            monkeypatch.delenv(written, raising=False)
    with Proxy() as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("scheme", "variable", "asked"),
    [
        ("http", "http_proxy", "GET http://triton.invalid:8000/v2/models/reader/config"),
        ("https", "HTTPS_PROXY", "CONNECT triton.invalid:8000"),
        ("grpc", "grpc_proxy", "CONNECT triton.invalid:8000"),
        ("grpc", "HTTP_PROXY", "CONNECT triton.invalid:8000"),
    ],
)
def test_a_host_elsewhere_is_asked_through_the_proxy_which_errors_name(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, scheme: str, variable: str, asked: str
) -> None:
    monkeypatch.setenv(variable, f"http://ada:love%20lace@127.0.0.1:{proxy.server_port}")
    told = f"through the proxy http://127.0.0.1:{proxy.server_port} .{variable.lower()}."
    with pytest.raises(Unavailable, match=told) as caught:
        Reader.load(f"{scheme}://triton.invalid:8000", connection=ONCE)
    assert asked in proxy.asked and "lace" not in str(caught.value)
    assert "Basic YWRhOmxvdmUgbGFjZQ==" in proxy.shown


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1.2.3"])
@pytest.mark.parametrize("scheme", ["grpc", "http"])
def test_loopback_goes_direct(proxy: Proxy, monkeypatch: pytest.MonkeyPatch, scheme: str, host: str) -> None:
    for name in ("http_proxy", "https_proxy", "grpc_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
    with pytest.raises(Unavailable) as caught:
        Reader.load(f"{scheme}://{host}:9", connection=ONCE)
    assert "proxy" not in str(caught.value) and not proxy.asked


@pytest.mark.parametrize("bypass", ["triton.example", ".example", "*", "other,triton.example:8000"])
@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_no_proxy_is_heeded(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, bypass: str, variable: str
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv(variable, bypass)
    for scheme in ("grpc", "http"):
        assert proxy_of(Address.parse(f"{scheme}://triton.example:8000")) is None
        assert (proxy_of(Address.parse(f"{scheme}://elsewhere.net:8000")) is None) == (bypass == "*")


@pytest.mark.parametrize(
    ("networks", "direct"),
    [
        ("localhost,10.0.0.0/8,.svc", True),
        ("10.1.2.0/24", True),
        ("10.1.2.9/24", True),
        ("10.2.0.0/16", False),
        ("fd00::/8,x/y", False),
    ],
)
def test_networks_in_no_proxy_are_heeded(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch, networks: str, direct: bool
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", networks)
    for scheme in ("grpc", "http"):
        assert (proxy_of(Address.parse(f"{scheme}://10.1.2.3:8000")) is None) == direct


def test_a_servers_owner_goes_past_the_proxy_with_its_secret(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.server_port}")
    admin = Admin(Address.parse("http://triton.invalid:8000"), "secret")
    assert not admin.answers_as("x") and not proxy.asked
    admin.close()


def test_a_proxy_of_another_kind_is_refused_by_name(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1080")
    with pytest.raises(InputError, match="http_proxy must be an http:// address, not socks5://127.0.0.1"):
        Reader.load("grpc://triton.example:8001")
