from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa import Reader
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.reader.in_process import InProcess

ROOT = Path(__file__).parent.parent

# A slow machine finds no other bugs: examples may take as long as they need.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("any machine")


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
