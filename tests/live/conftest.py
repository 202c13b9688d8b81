from __future__ import annotations

from collections.abc import Iterator

import pytest

from tritonqa.triton.server.server import Server


@pytest.fixture(params=["grpc", "http"])
def url(request: pytest.FixtureRequest, server: Server) -> str:
    return str(getattr(server, request.param))


@pytest.fixture(autouse=True)
def server_lives(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test after which the shared server is no longer well, with the end of its log."""
    yield
    if "server" in request.fixturenames:
        running: Server = request.getfixturevalue("server")
        assert running.healthy, "\n".join(request.getfixturevalue("server_log"))
