"""The examples run, and say what they are to say."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"

HAYHOOKS = (
    "from importlib.metadata import entry_points as points\n"
    "[one] = points(group='console_scripts', name='hayhooks')\none.load()()"
)

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("haystack")]


@pytest.fixture
def example(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Import the example that the test's parameter names, as a script beside the others does."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    before = set(sys.modules)
    yield __import__(request.param)
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(EXAMPLES)):
            del sys.modules[name]


@pytest.mark.parametrize("example", ["bm25_reader"], indirect=True)
def test_bm25_and_reader(example: ModuleType) -> None:
    pipeline = example.build()
    assert example.answers(pipeline, "Who laid out the garden?")[0].data == "Gertrude Jekyll"
    assert example.answers(pipeline, "Who is the queen of Spain?")[0].data is None
    pipeline.close()


@pytest.mark.parametrize("example", ["hybrid_reader"], indirect=True)
def test_hybrid_and_reader(example: ModuleType, tmp_path: Path) -> None:
    for _ in range(2):
        pipeline = example.build(str(tmp_path / "s.library"))
        best = example.answers(pipeline, "When does the train to Bremen leave?")[0]
        assert best.data and "nine" in best.data
        pipeline.close()


@pytest.mark.parametrize("example", ["verified_answer"], indirect=True)
def test_what_a_generator_misquotes_is_repaired(example: ModuleType) -> None:
    pipeline = example.build()
    done = example.ask(pipeline, "When does the warranty of the pump end?")
    assert done["reader"]["answers"][0].data == "24 months"
    wrong, right = done["verifier"]["quotations"]
    assert wrong.status == "repaired" and "24 months" in wrong.found
    assert right.status == "verified" and right.text == "Ada Lovelace repairs it in Bremen"
    pipeline.close()


@pytest.mark.parametrize("example", ["evaluate"], indirect=True)
def test_their_evaluators_and_ours_agree(example: ModuleType) -> None:
    scores = example.scores()
    assert scores["haystack: recall"] == scores["haystack: reciprocal rank"] == 1.0
    assert scores["haystack: exact match"] == scores["tritonqa: exact match"] >= 0.75
    assert scores["tritonqa: F1"] >= scores["tritonqa: exact match"]


def test_hayhooks_serves_one(tmp_path: Path) -> None:
    pytest.importorskip("hayhooks", reason="needs hayhooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    source = EXAMPLES.parent / "src"
    paths = os.pathsep.join([str(source), *filter(None, sys.path)])
    env = {**os.environ, "HAYSTACK_TELEMETRY_ENABLED": "False", "PYTHONPATH": paths, "HOME": str(tmp_path)}
    command = [sys.executable, "-W", "ignore", "-c", HAYHOOKS, "run", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--pipelines-dir", str(EXAMPLES / "hayhooks")]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, env=env, cwd=tmp_path, stdout=log, stderr=log)
    try:
        answers = asked(f"http://127.0.0.1:{port}/quote/run", {"query": "Who laid out the garden?"}, server)
    except (URLError, RuntimeError) as error:
        raise AssertionError((tmp_path / "log").read_text()) from error
    finally:
        server.terminate()
        server.wait()
    assert answers[0]["data"] == "Gertrude Jekyll"


def asked(url: str, body: dict[str, str], server: subprocess.Popen[bytes]) -> list[dict[str, str]]:
    """Post to a server once it listens."""
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    while server.poll() is None:
        try:
            with urlopen(request, timeout=120) as response:
                found: list[dict[str, str]] = json.load(response)["result"]
                return found
        except URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.1)
    raise RuntimeError("the server ended")
