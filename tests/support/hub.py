"""A stand-in of the Hub on loopback: its API and downloads, and what goes wrong with them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "c" * 40


class Hub(ThreadingHTTPServer):
    """Serve one folder as owner/tiny; status, drops and lies are what it does wrong."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.status = 200  # of every answer
        self.drops = 0  # connections still to cut in the middle of the weights
        self.lie = 0  # bytes by which the stated sizes differ
        self.forge = False  # send other bytes than the record says
        self.asked: list[str] = []
        self.shown: set[str] = set()  # tokens that came with what was asked

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def record(self) -> dict[str, Any]:
        siblings = []
        for path in sorted(self.folder.iterdir()):
            data = path.read_bytes()
            row: dict[str, Any] = {
                "rfilename": path.name,
                "size": len(data) + self.lie,
                "blobId": digest(data),
            }
            if path.suffix == ".safetensors":
                row["lfs"] = {"sha256": digest(data), "size": len(data), "pointerSize": 100}
            siblings.append(row)
        return {"id": "owner/tiny", "modelId": "owner/tiny", "sha": COMMIT, "siblings": siblings,
                "private": False, "tags": [], "cardData": {"license": "mit"}}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub, path = self.server, self.path.partition("?")[0]
        hub.asked.append(f"{self.command} {path} {self.headers.get('Range', '')}".strip())
        hub.shown.add(self.headers.get("Authorization", ""))
        if hub.status != 200:
            self.answer(hub.status, b"{}", {"Retry-After": "0"})
        elif path.startswith("/api/models/owner/tiny"):
            revision = path.rpartition("/revision/")[2]
            known = revision in ("main", "v1", COMMIT) or "/revision/" not in path
            body = json.dumps(hub.record()).encode()
            self.answer(*((200, body, {}) if known else (404, b"{}", {"X-Error-Code": "RevisionNotFound"})))
        elif path.startswith("/owner/tiny/resolve/") and (hub.folder / path.rpartition("/")[2]).is_file():
            self.file(hub.folder / path.rpartition("/")[2])
        else:
            self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def file(self, path: Path) -> None:
        hub, data = self.server, path.read_bytes()
        headers = {"ETag": f'"{digest(data)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if hub.forge and path.suffix == ".safetensors":
            data = data[:-1] + bytes([data[-1] ^ 1])
        begun = self.headers.get("Range")
        start = int(begun.removeprefix("bytes=").partition("-")[0]) if begun else 0
        if begun:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        if hub.drops and self.command == "GET" and path.suffix == ".safetensors":
            hub.drops -= 1
            self.answer(206 if begun else 200, data[start:], headers, cut=(len(data) - start) // 2)
        else:
            self.answer(206 if begun else 200, data[start:], headers)

    def answer(self, status: int, body: bytes, headers: dict[str, str], cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body if cut is None else body[:cut])
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        pass


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextmanager
def serving(folder: Path) -> Iterator[Hub]:
    hub = Hub(folder)
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()
