from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support import checkpoints
from tests.support.byte_tokenizer import byte_tokenizer
from tests.support.serving import FREE, LIMITS
from tritonqa import Reader
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.engine.model_cache import VARIABLE
from tritonqa.export import ExportOptions, export
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.reader.in_process import InProcess
from tritonqa.triton.runtime.layout import Runtime, missing_requirements

if TYPE_CHECKING:
    from tritonqa.triton.server.server import Server

_COMPILED: list[str] = []  # of this run alone: a model is compiled anew after its code has changed
if VARIABLE not in os.environ:
    _COMPILED.append(tempfile.mkdtemp(prefix="tritonqa-tests-"))
    os.environ[VARIABLE] = _COMPILED[0]  # the processes of a run share it
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when haystack is imported: nothing calls home
ROOT = Path(__file__).parent.parent

# A slow machine finds no other bugs: examples may take as long as they need. Each run tries the same ones.
settings.register_profile(
    "same",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("others", settings.get_profile("same"), derandomize=False, print_blob=True)
settings.load_profile("same")


def pytest_unconfigure() -> None:
    """Delete what was compiled."""
    for folder in _COMPILED:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a real Triton, and keep it in one of several processes: it shares servers."""
    for item in items:
        if "runtime" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.live)
        if item.get_closest_marker("live"):
            item.add_marker(pytest.mark.xdist_group("live"))


@pytest.fixture(scope="session")
def data() -> Path:
    return Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    with Reader() as opened:
        yield opened


@pytest.fixture
def toy() -> Iterator[Reader]:
    with Reader(InProcess(byte_tokenizer(), ToyEngine())) as opened:
        yield opened


@pytest.fixture(scope="session")
def seed() -> ModuleType:
    spec = importlib.util.spec_from_file_location("seed", ROOT / "examples" / "seed.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["seed"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def asks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a few asks of short questions: passages of one window and of several, and of many scripts."""
    with gzip.open(checkpoints.SAMPLE, "rt", encoding="utf-8") as stream:
        data = json.load(stream)["data"]
    rows = [
        {
            "id": q["id"],
            "context": p["context"][:length],
            "question": q["question"][:30],
            "answers": [{"text": "x"}],
        }
        for length, article in zip((200, 200, 200, 900), data, strict=False)
        for p in article["paragraphs"][:1]
        for q in p["qas"][:2]
    ]
    rows.append({**rows[0], "id": "scripts", "context": "👩‍👩‍👧‍👦 東京 e\u0301te\u0301 over 32+, 👍🏽."})
    path = tmp_path_factory.mktemp("asks") / "asks.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.make("bert", tmp_path_factory.mktemp("checkpoints") / "tiny-bert")


@pytest.fixture(scope="session")
def plain(bert: Path, asks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export one bundle in ONNX fp32; tests copy it."""
    folder = tmp_path_factory.mktemp("bundles") / "plain"
    export(bert, folder, ExportOptions(asks=asks))
    return folder


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
def server_log() -> deque[str]:
    """Give the latest lines that the shared server said."""
    return deque(maxlen=200)


@pytest.fixture(scope="session")
def server(runtime: Runtime, repository: Path, server_log: deque[str]) -> Iterator[Server]:
    from tritonqa.triton.server.server import Server

    with Server.start(runtime, repository, FREE, server_log.append) as running:
        yield running
