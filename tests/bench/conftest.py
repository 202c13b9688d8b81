from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.bench_clock import ASKS, Clock
from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa.bench import Workload
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.reader.in_process import InProcess


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fake = Clock()
    for module in ("round", "open_loop", "closed_loop", "samples"):
        monkeypatch.setattr(f"tritonqa.bench.{module}.perf_counter", fake)
    monkeypatch.setattr("tritonqa.bench.round.time.sleep", fake.sleep)
    return fake


@pytest.fixture
def toy_backend() -> Iterator[InProcess]:
    backend = InProcess(byte_tokenizer(), ToyEngine())
    yield backend
    backend.close()


@pytest.fixture
def workload() -> Workload:
    return Workload("two asks", ASKS)
