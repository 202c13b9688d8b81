"""A Milvus on loopback: milvus-lite's server, which speaks the real one's protocol."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def running() -> Iterator[str]:
    """Run a server over an empty folder; give its address as a library has it, without a collection."""
    server = pytest.importorskip("milvus_lite.adapter.grpc.server", reason="needs milvus-lite")
    with tempfile.TemporaryDirectory() as folder:
        running, database, port = server.start_server_in_thread(folder)
        try:
            yield f"milvus://127.0.0.1:{port}"
        finally:
            running.stop(grace=None).wait()
            database.close()
