"""Encrypted, authenticated and compressed connections; a server whose shared memory is full."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.authority import TOKEN, issue, proxy
from tests.support.serving import PORTS, command
from tests.support.wait import PATIENCE
from tritonqa import Reader
from tritonqa.client import Connection
from tritonqa.errors import InputError, TritonQAError, Unavailable
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server.server import Server

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


@pytest.fixture(scope="module")
def pems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pems")
    issue(folder, "authority")
    issue(folder, "stranger")
    for name in ("server", "client"):
        issue(folder, name, "authority")
    return folder


@pytest.fixture(scope="module")
def mutual(runtime: Runtime, repository: Path, pems: Path, server: Server) -> Iterator[Server]:
    serving = replace(
        server.serving,
        http_port=0,
        grpc_port=0,
        metrics_port=0,
        certificate=pems / "server.pem",
        key=pems / "server.key",
        clients=pems / "authority.pem",
    )
    with Server.start(runtime, repository, serving) as running:
        yield running


def ask(url: str, connection: Connection | None = None) -> str:
    with Reader.load(url, connection=connection) as reader:
        return reader.ask("Who wrote it?", "It was written by Ada.")[0].text


def shown(pems: Path, authority: str = "authority", client: str | None = "client") -> Connection:
    certificate = pems / f"{client}.pem" if client else None
    return Connection(
        pems / f"{authority}.pem", certificate, pems / f"{client}.key" if client else None, retries=0
    )


@needs_openssl
def test_grpc_is_encrypted_both_ways(mutual: Server, pems: Path) -> None:
    assert str(mutual.grpc).startswith("grpcs://")
    assert ask(str(mutual.grpc), shown(pems)) == "Ada"
    strangers = [shown(pems, "stranger"), shown(pems, client=None)]
    for connection in strangers:
        with pytest.raises(Unavailable, match=r"no agreement on encryption|nothing answers"):
            ask(str(mutual.grpc), connection)
    with pytest.raises(Unavailable):
        ask(str(mutual.grpc).replace("grpcs", "grpc"), Connection(retries=0))


@needs_openssl
def test_http_behind_a_proxy_that_ends_tls(
    server: Server, pems: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(server.http, pems / "server.pem") as url:
        trusted = shown(pems, client=None)
        assert ask(url, replace(trusted, headers={"authorization": TOKEN}, compression=True)) == "Ada"
        with pytest.raises(TritonQAError, match="show the token"):
            ask(url, trusted)
        with pytest.raises(Unavailable, match="no agreement on encryption .*CERTIFICATE_VERIFY_FAILED"):
            ask(url, shown(pems, "stranger"))
        monkeypatch.setenv("TRITONQA_CA", str(pems / "authority.pem"))
        monkeypatch.setenv("TRITONQA_TOKEN", TOKEN.removeprefix("Bearer "))
        assert ask(url) == "Ada"


def test_compression(url: str) -> None:
    assert ask(url, Connection(compression=True)) == "Ada"


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"certificate": Path("x")}, "certificate and key go together"),
        ({"timeout": 0}, "timeout must be"),
        ({"timeout": float("inf")}, "timeout must be"),
        ({"timeout": "x"}, "timeout must be"),
        ({"retries": "x"}, "retries must be"),
        ({"headers": "x"}, "headers must be"),
        ({"headers": {"x": 1}}, "headers must be text"),
        ({"headers": {"x": "a\nb"}}, "header 'x' must be printable"),
        ({"retries": -1}, "retries must be"),
    ],
)
def test_bad_connections_name_the_field(options: dict[str, object], field: str) -> None:
    with pytest.raises(InputError, match=field):
        Connection(**options)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="ca .*missing.pem can't be read"):
        ask("grpcs://127.0.0.1:9", Connection(ca=Path("missing.pem")))


def test_files_that_are_no_certificates_are_named(tmp_path: Path) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate")
    for scheme in ("grpcs", "https"):
        with pytest.raises(InputError, match="ca .*junk.pem holds no PEM certificate"):
            ask(f"{scheme}://127.0.0.1:9", Connection(ca=junk))
        with pytest.raises(InputError, match="certificate .*junk.pem and key .*junk.pem"):
            ask(f"{scheme}://127.0.0.1:9", Connection(certificate=junk, key=junk))


@needs_openssl
def test_an_encrypted_key_is_named_and_nobody_is_asked(tmp_path: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-days", "1", "-subj", "/CN=x"]
    pair = ["-passout", "pass:secret", "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "crt")]
    subprocess.run([*made, *pair], check=True, capture_output=True)
    with pytest.raises(InputError, match="key is encrypted; give one without a pass phrase"):
        ask("grpcs://127.0.0.1:9", Connection(certificate=tmp_path / "crt", key=tmp_path / "key"))


def test_full_shared_memory_is_said(runtime: Runtime, tmp_path: Path) -> None:
    serve = shlex.join(command("serve", "--no-logits", *PORTS))
    script = f"mount -t tmpfs -o size=64k tmpfs /dev/shm && exec {serve}"
    can = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    if can.returncode:
        pytest.skip("a mount namespace of its own is not allowed here")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script],
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 4
    assert "Triton did not start: failed to load 'reader'" in done.stderr and "shared memory" in done.stderr
    assert "Traceback" not in done.stderr
