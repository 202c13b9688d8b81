"""Workshop and format → its file, verified."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tritonqa.bundle import Format
from tritonqa.bundle.digest import sha256
from tritonqa.engine import Engine, choices, open_engine
from tritonqa.errors import EngineError, ExportError, MissingExtra
from tritonqa.export.onnx import write_onnx
from tritonqa.export.options import FORMATS, Target
from tritonqa.export.verify import hold, logits_of, parity
from tritonqa.export.workshop import Workshop


def make(shop: Workshop, stage: Path, name: str) -> Format:
    """Write a format into the staged bundle and verify it; raises ExportError when it is refused."""
    target = FORMATS[name]
    file = stage / target.file
    file.parent.mkdir(parents=True, exist_ok=True)
    shop.report(f"writing {name}", 0, 1)
    _WRITERS[name](shop, file)
    shop.report(f"writing {name}", 1, 1)
    found: dict[str, float] = {}
    for engine in _engines(file, target):
        with_step = shop.steps(f"verifying {name} with {engine.name}", len(shop.quick.prepared))
        try:
            seen = parity(shop.quick, logits_of(engine, shop.quick.prepared, with_step))
        except EngineError as error:
            raise ExportError(f"{name} is refused: {error}") from error
        hold(name, target, seen)
        if not found or seen["same_answers"] <= found["same_answers"]:
            found = seen
    return Format(target.file, target.kind, target.precision, file.stat().st_size, sha256(file), found)


def _engines(file: Path, target: Target) -> list[Engine]:
    """Open every engine here that runs the file; raises MissingExtra where none is."""
    found = [c for c in choices([(file, target.kind, target.precision)]) if c.precision == target.precision]
    if not found:
        raise MissingExtra("onnxruntime", "onnxruntime")
    return [open_engine(choice) for choice in found]


def _onnx(shop: Workshop, file: Path) -> None:
    write_onnx(shop.graph, shop.model, file)


_WRITERS: dict[str, Callable[[Workshop, Path], None]] = {"onnx": _onnx}
