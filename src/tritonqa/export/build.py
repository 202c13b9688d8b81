"""Source and formats → their files, all written, then all verified."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tritonqa.bundle import Format, Part
from tritonqa.bundle.digest import sha256
from tritonqa.engine import Engine, choices, open_engine
from tritonqa.errors import EngineError, ExportError, MissingExtra
from tritonqa.export.formats.writers import OF_ONNX, WRITERS, extra_files
from tritonqa.export.options import FORMATS, Target
from tritonqa.export.sources.base import Source
from tritonqa.export.trim_memory import trim_memory
from tritonqa.export.verify import f1, logits_of, parity, require_f1, require_parity


def build(source: Source, stage: Path, names: Sequence[str]) -> tuple[Format, ...]:
    """Write formats into the staged bundle and verify them; raises ExportError when one is refused.

    What is made of the fp32 ONNX comes after the rest, when the model itself is no longer held, and engines
    are opened only after that: so quantising, which takes most memory, has least beside it.
    """
    names = tuple(dict.fromkeys(names))
    derived = [name for name in names if name in OF_ONNX]
    for name in names:
        if name not in derived:
            _write(source, stage, name)
    if derived:
        source.onnx(stage)
    source.release_model(scored=any(FORMATS[name].scored for name in names))
    for name in derived:
        _write(source, stage, name)
    return tuple(_verified(source, stage, name) for name in names)


def _write(source: Source, stage: Path, name: str) -> None:
    file = stage / FORMATS[name].file
    file.parent.mkdir(parents=True, exist_ok=True)
    source.report(f"writing {name}", 0, 1)
    WRITERS[name](source, stage, file)
    trim_memory()
    source.report(f"writing {name}", 1, 1)


def _verified(source: Source, stage: Path, name: str) -> Format:
    target = FORMATS[name]
    file = stage / target.file
    seen, score = ({}, {}) if target.kind == "tensorrt-recipe" else _verify(source, name, target, file)
    parts = tuple(
        Part(path.relative_to(stage).as_posix(), path.stat().st_size, sha256(path))
        for path in extra_files(file)
    )
    trim_memory()
    digest = sha256(file)
    return Format(target.file, target.kind, target.precision, file.stat().st_size, digest, seen, score, parts)


def _verify(
    source: Source, name: str, target: Target, file: Path
) -> tuple[dict[str, float], dict[str, float]]:
    """Hold the file to the reference in every engine that runs it: its parity, and F1 where that decides."""
    seen: dict[str, float] = {}
    engines = _engines(source, file, target)
    for opener in engines:
        found = _compare(source, name, opener())
        require_parity(name, target, found)
        seen = found if not seen or found["same_answers"] <= seen["same_answers"] else seen
    if not target.scored:
        return seen, {}
    asks = len(source.whole.prepared)
    step = source.steps(f"F1 of {name}", asks)
    score = {
        "asks": asks,
        "f1": f1(source.whole, logits_of(engines[0](), source.whole.prepared, step)),
        "reference": f1(source.whole, source.whole.logits),
        "max_loss": source.options.max_f1_loss,
    }
    require_f1(name, score)
    return seen, score


def _compare(source: Source, name: str, engine: Engine) -> dict[str, float]:
    step = source.steps(f"verifying {name} with {engine.name}", len(source.quick.prepared))
    try:
        trim_memory()
        return parity(source.quick, logits_of(engine, source.quick.prepared, step))
    except EngineError as error:
        raise ExportError(f"{name} is refused: {error}") from error


def _engines(source: Source, file: Path, target: Target) -> list[Callable[[], Engine]]:
    """List every engine here that runs the file; raises MissingExtra where none is."""
    if target.kind in ("torchscript", "torch_export"):
        from tritonqa.export.torch_engine import open_program

        return [partial(open_program, file, target.kind, source.inputs)]
    found = [c for c in choices([(file, target.kind, target.precision)]) if c.precision == target.precision]
    if not found:
        raise MissingExtra("onnxruntime", "onnxruntime")
    return [partial(open_engine, choice) for choice in found]
