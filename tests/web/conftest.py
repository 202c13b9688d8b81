from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.library import samples
from tests.support.wait import eventually
from tritonqa import Library, Reader
from tritonqa.web import WebOptions, create_app
from tritonqa.web.serve import Server, address, listening

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ADDRESS = "http://127.0.0.1:8080"
ASK = {"question": "Who wrote it?", "passages": "Ada wrote it."}
BEARER = {"Authorization": "Bearer secret"}
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


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """Serve an application on a free port, and give its address."""
    with listening("127.0.0.1", 0) as opened:
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=60)
        server = Server(config, app)
        running = threading.Thread(target=server.run, args=([opened],))
        running.start()
        try:
            eventually(lambda: server.started or not running.is_alive())
            yield address("127.0.0.1", opened.getsockname()[1])
        finally:
            server.should_exit = True
            running.join()


@pytest.fixture(scope="module")  # while it is open a loop runs in this thread: no longer than it is needed
def browser() -> Iterator[Browser]:
    """Open Chromium where it is installed; the page is looked at as a person would see it."""
    playwright = pytest.importorskip("playwright.sync_api")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """Open a tab that fails its test for a script's error or a request to elsewhere."""
    context = browser.new_context()
    opened = context.new_page()
    failed: list[str] = []
    opened.on("pageerror", lambda error: failed.append(str(error)))
    opened.on("dialog", lambda dialog: failed.append(dialog.message))
    opened.on("request", lambda sent: failed.extend([sent.url] * ("//127.0.0.1:" not in sent.url)))
    yield opened
    context.close()
    assert not failed
