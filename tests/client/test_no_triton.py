"""What answers at an address and is no Triton: an ingress's or a proxy's page of HTML."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tritonqa import Reader
from tritonqa.client import Connection
from tritonqa.errors import EngineError, Unavailable

PAGE = b"<html><head><title>404 Not Found</title></head><body>nginx</body></html>"


class Ingress(BaseHTTPRequestHandler):
    status = 404

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def ingress() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Ingress) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "error"), [(200, EngineError), (404, EngineError), (502, Unavailable), (503, Unavailable)]
)
def test_a_page_of_html_is_said_in_one_sentence(
    ingress: str, monkeypatch: pytest.MonkeyPatch, status: int, error: type[Exception]
) -> None:
    monkeypatch.setattr(Ingress, "status", status)
    with pytest.raises(error, match="is no Triton") as caught:
        Reader.load(ingress, connection=Connection(retries=0))
    assert ingress in str(caught.value) and "<" not in str(caught.value)
