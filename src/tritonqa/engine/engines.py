"""The engines of this machine: one table of what each needs and how it is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tritonqa.engine.base import Engine


@dataclass(frozen=True, slots=True)
class Installable:
    """An engine by name, the library it runs on, the extra that brings it, and its opener.

    open(file, precision, cores) returns the engine; it raises EngineError and MissingExtra.
    """

    name: str
    library: str | None
    extra: str | None
    open: Callable[[Path, str, int], Engine]

    @property
    def is_installed(self) -> bool:
        """Say whether the library is here."""
        return self.library is None or find_spec(self.library) is not None


def _openvino(file: Path, precision: str, cores: int) -> Engine:
    from tritonqa.engine.backends.openvino import OpenVinoEngine

    return OpenVinoEngine(file, precision, cores)


def _onnx(file: Path, precision: str, cores: int) -> Engine:
    from tritonqa.engine.backends.onnx import OnnxEngine

    return OnnxEngine(file, precision, cores)


def _torch(file: Path, precision: str, cores: int) -> Engine:
    from tritonqa.engine.backends.torch import TorchEngine

    return TorchEngine(file.parent, precision, cores)


def _toy(file: Path, precision: str, cores: int) -> Engine:
    from tritonqa.engine.backends.toy import ToyEngine

    return ToyEngine()


_TABLE = (
    Installable("openvino", "openvino", "openvino", _openvino),
    Installable("onnx", "onnxruntime", "onnxruntime", _onnx),
    Installable("torch", "torch", "torch", _torch),
    Installable("toy", None, None, _toy),
)
ENGINES = {engine.name: engine for engine in _TABLE}
