"""A certificate authority for a test, and a proxy that ends TLS as one stands before Triton's HTTP."""

from __future__ import annotations

import http.client
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tritonqa.client import Address

TOKEN = "Bearer open-sesame"


def issue(folder: Path, name: str, ca: str | None = None) -> Path:
    """Write NAME.pem and NAME.key, signed by the authority CA, or an authority itself."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    signer = ["-CA", str(folder / f"{ca}.pem"), "-CAkey", str(folder / f"{ca}.key")] if ca else []
    kind = "basicConstraints=critical,CA:FALSE" if ca else "basicConstraints=critical,CA:TRUE"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        + ["-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-addext", kind]
        + [*signer, "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    return certificate


@contextmanager
def proxy(behind: Address, certificate: Path) -> Iterator[str]:
    """Serve HTTPS before an HTTP address, to those alone who show the token."""

    class Forward(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.headers.get("authorization") != TOKEN:
                self.answer(401, b'{"error": "show the token"}', {})
                return
            connection = http.client.HTTPConnection(behind.host, behind.port)
            connection.request(self.command, self.path, body, dict(self.headers))
            found = connection.getresponse()
            self.answer(found.status, found.read(), dict(found.headers))
            connection.close()

        do_GET = do_POST = forward

        def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name in ("Content-Type", "Inference-Header-Content-Length"):
                if name in headers:
                    self.send_header(name, headers[name])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with ThreadingHTTPServer(("127.0.0.1", 0), Forward) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
