from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.serving import FREE, LIMITS
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.runtime.layout import Runtime, missing_requirements

if TYPE_CHECKING:
    from tritonqa.triton.server.server import Server


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    if missing := missing_requirements():
        pytest.skip(f"Triton can't run here: {'; '.join(missing)}")
    from tritonqa.triton.runtime.install import install

    return install()


@pytest.fixture(scope="session")
def repository(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tritonqa.triton.repository.options import LogitsOptions, Models
    from tritonqa.triton.repository.write import build

    folder = tmp_path_factory.mktemp("triton") / "repository"
    build(find_bundle(PACKAGED), folder, Models(LIMITS, LogitsOptions()))
    return folder


@pytest.fixture(scope="session")
def server(runtime: Runtime, repository: Path) -> Iterator[Server]:
    from tritonqa.triton.server.server import Server

    with Server.start(runtime, repository, FREE) as running:
        yield running


@pytest.fixture(params=["grpc", "http"])
def url(request: pytest.FixtureRequest, server: Server) -> str:
    return str(getattr(server, request.param))


@pytest.fixture(autouse=True)
def server_lives(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test after which the shared server is no longer well, with the end of its log."""
    yield
    if "server" in request.fixturenames:
        running: Server = request.getfixturevalue("server")
        assert running.healthy, running.tail()
