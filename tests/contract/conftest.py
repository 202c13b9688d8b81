"""Every engine and every reader, by name: the cases of this room run on all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.byte_tokenizer import byte_tokenizer
from tests.support.engines import ENGINES
from tests.support.serving import PATIENT
from tritonqa import Reader
from tritonqa.arrays import FloatArray
from tritonqa.engine import Choice, Engine, open_engine
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.export import ExportOptions, export
from tritonqa.features import Window
from tritonqa.reader.find import PACKAGED
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask

TEXTS = (
    "It was written by Ada in 1843.",
    "👩‍👩‍👧‍👦 東京 e\u0301te\u0301: it was written by Ada, 👍🏽.",
    "The engine was never built. " * 60 + "The notes on it were written by Ada.",
)
REMOTE = [pytest.param(name, marks=pytest.mark.live) for name in ("grpc", "http")]
TORCH = ["torch"] if find_spec("torch") else []
PACKAGED_RUNS = [f"{engine}/{precision}" for engine in ENGINES for precision in ("int8", "int8-weights")]
EXPORTED_RUNS = [f"{engine}/fp32" for engine in (*ENGINES, *TORCH)] if TORCH else []


@pytest.fixture(scope="session")
def exported(bert: Path, asks: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Export a bundle that ONNX engines and torch run."""
    folder = tmp_path_factory.mktemp("contract") / "exported"
    export(bert, folder, ExportOptions(("checkpoint", "onnx"), asks=asks))
    return str(folder)


@pytest.fixture(scope="session", params=["toy", *ENGINES, *TORCH, "exported", *REMOTE])
def any_reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    """Open each kind of reader in turn."""
    name, value = request.param, request.getfixturevalue
    if name == "toy":
        opened = Reader(InProcess(byte_tokenizer(), ToyEngine()))
    elif name in ENGINES:
        opened = Reader.load(engine=name)
    elif name in ("grpc", "http"):
        opened = Reader.load(str(getattr(value("server"), name)), connection=PATIENT)
    else:
        opened = Reader.load(value("exported"), engine="torch" if name == "torch" else None)
    with opened:
        yield opened


@dataclass(frozen=True)
class Case:
    """An engine, windows for it, and their logits in fp32, where a framework's own are known."""

    engine: Engine
    windows: tuple[Window, ...]
    expected: list[FloatArray] | None


@pytest.fixture(scope="session", params=["toy", *EXPORTED_RUNS, *PACKAGED_RUNS, *REMOTE])
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    """Open each engine in turn; torch runs the same weights for what is expected."""
    name, value = request.param, request.getfixturevalue
    engine, _, precision = name.partition("/")
    expected = None
    if name == "toy":
        opened = load_in_process(engine="toy")
    elif name in EXPORTED_RUNS:
        opened, expected = load_in_process(value("exported"), engine=engine, precision=precision), "of_tiny"
    elif name in PACKAGED_RUNS:
        opened, expected = load_in_process(engine=engine, precision=precision), "of_packaged"
    else:
        address = str(getattr(value("server"), name))
        opened, expected = load_in_process(engine=address, connection=PATIENT), "of_packaged"
    yield Case(opened.flow.engine, windows(opened), value(expected) if expected else None)
    opened.close()


@pytest.fixture(scope="session")
def of_tiny(bert: Path, exported: str) -> list[FloatArray]:
    return _torch(bert, exported)


@pytest.fixture(scope="session")
def of_packaged() -> list[FloatArray]:
    pytest.importorskip("torch", reason="needs tritonqa[torch]")
    for point in entry_points(group="tritonqa.checkpoints", name=PACKAGED):
        return _torch(Path(point.load()()), PACKAGED)
    pytest.skip("needs tritonqa-minilm-checkpoint")


def windows(reader: InProcess) -> tuple[Window, ...]:
    return tuple(window for text in TEXTS for window in reader.prepare(Ask.of("Who wrote it?", text)).windows)


def _torch(checkpoint: Path, bundle: str) -> list[FloatArray]:
    engine = open_engine(Choice("torch", "fp32", checkpoint / "model.safetensors"))
    reader = load_in_process(bundle, engine="toy")
    try:
        return engine.run(windows(reader))
    finally:
        engine.close()
        reader.close()
