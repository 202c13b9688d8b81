from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.library import samples
from tritonqa import Library, Reader
from tritonqa.web import WebOptions, create_app

ADDRESS = "http://127.0.0.1:8080"
HANDBOOK = (
    "The handbook 👩‍👩‍👧.\n\nThe warranty of the pump ends after 24 months. Ada repairs it in Bremen.\n"
)


@pytest.fixture
def text_client(toy: Reader) -> Iterator[TestClient]:
    """Serve the page without a library, on the toy engine."""
    with TestClient(create_app(toy), ADDRESS) as client:
        yield client


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "handbook.txt").write_text(HANDBOOK, encoding="utf-8")
    (folder / "boiler.pdf").write_bytes(samples.pdf())
    return folder


@pytest.fixture(scope="module")
def client(reader: Reader, desk: Path) -> Iterator[TestClient]:
    """Serve a library of two documents, indexed before the first request."""
    with Library(desk.parent / f"{desk.name}.library", reader) as library:
        library.add(desk)
        with TestClient(create_app(reader, library), ADDRESS) as opened:
            yield opened


def options(**values: object) -> WebOptions:
    return WebOptions(**values)  # type: ignore[arg-type]
