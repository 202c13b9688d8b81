"""Source and formats → their files, all written, then all verified."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tritonqa.bundle import Format, Part
from tritonqa.digests import sha256
from tritonqa.engine import Engine, choices, cpu, open_engine
from tritonqa.errors import EngineError, ExportError, MissingExtra
from tritonqa.export.formats.writers import FROM_MODEL, FROM_ONNX, extra_files
from tritonqa.export.options import FORMATS, Target
from tritonqa.export.sources.base import Source
from tritonqa.export.sources.checkpoint import CheckpointSource
from tritonqa.export.trim_memory import trim_memory
from tritonqa.export.verify import Exam, f1, logits_of, parity, require_f1, require_parity


def build(source: Source, stage: Path, names: Sequence[str]) -> tuple[Format, ...]:
    """Write formats into the staged bundle and verify them; raises ExportError when one is refused.

    What is made of the fp32 ONNX comes after the rest, when the model itself is no longer held, and engines
    are opened only after that: so quantising, which takes most memory, has least beside it.
    """
    names = tuple(dict.fromkeys(names))
    derived = [name for name in names if name in FROM_ONNX]
    if isinstance(source, CheckpointSource):
        for name in names:
            if name in FROM_MODEL:
                _write(source, stage, name, partial(FROM_MODEL[name], source))
    if derived:
        source.onnx(stage)
    quick = source.quick
    whole = source.whole if any(FORMATS[name].scored for name in names) else None
    source.release_model()
    for name in derived:
        _write(source, stage, name, partial(FROM_ONNX[name], source, stage))
    return tuple(_verified(source, stage, name, quick, whole) for name in names)


def _write(source: Source, stage: Path, name: str, writer: Callable[[Path], None]) -> None:
    file = stage / FORMATS[name].file
    file.parent.mkdir(parents=True, exist_ok=True)
    source.report(f"writing {name}", 0, 1)
    writer(file)
    trim_memory()
    source.report(f"writing {name}", 1, 1)


def _verified(source: Source, stage: Path, name: str, quick: Exam, whole: Exam | None) -> Format:
    target = FORMATS[name]
    file = stage / target.file
    seen: dict[str, float] = {}
    score: dict[str, float] = {}
    if target.kind != "tensorrt-recipe":
        openers = _engines(source, file, target)
        seen = _parity(source, name, openers, quick)
        if whole is not None and target.scored:
            score = _score(source, name, openers[0], whole)
    parts = tuple(
        Part(path.relative_to(stage).as_posix(), path.stat().st_size, sha256(path))
        for path in extra_files(file)
    )
    trim_memory()
    digest = sha256(file)
    return Format(target.file, target.kind, target.precision, file.stat().st_size, digest, seen, score, parts)


def _parity(
    source: Source, name: str, openers: Sequence[Callable[[], Engine]], exam: Exam
) -> dict[str, float]:
    """Hold the file to the reference in every engine that runs it: the worst parity counts."""
    seen = [_compare(source, name, opener(), exam) for opener in openers]
    for found in seen:
        require_parity(name, FORMATS[name], found)
    return min(seen, key=lambda found: found["same_answers"])


def _compare(source: Source, name: str, engine: Engine, exam: Exam) -> dict[str, float]:
    step = source.steps(f"verifying {name} with {engine.name}", len(exam.prepared))
    try:
        trim_memory()
        return parity(exam, logits_of(engine, exam.prepared, step))
    except EngineError as error:
        raise ExportError(f"{name} is refused: {error}") from error


def _score(source: Source, name: str, opener: Callable[[], Engine], exam: Exam) -> dict[str, float]:
    """Hold the file's F1 to the reference's."""
    asks = len(exam.prepared)
    step = source.steps(f"F1 of {name}", asks)
    score = {
        "asks": asks,
        "f1": f1(exam, logits_of(opener(), exam.prepared, step)),
        "reference": f1(exam, exam.logits),
        "max_loss": source.options.max_f1_loss,
    }
    require_f1(name, score)
    return score


def _engines(source: Source, file: Path, target: Target) -> list[Callable[[], Engine]]:
    """List every engine here that runs the file; raises MissingExtra where none is."""
    if target.kind in ("torchscript", "torch_export"):
        from tritonqa.export.torch_engine import open_program

        return [partial(open_program, file, target.kind, source.inputs)]
    if target.kind == "safetensors":
        from tritonqa.engine.backends.torch import TorchEngine

        # Without CUDA, whose precision is bf16.
        return [partial(TorchEngine, file.parent, target.precision, cpu.cores(), cuda=False)]
    found = [c for c in choices([(file, target.kind, target.precision)]) if c.precision == target.precision]
    if not found:
        raise MissingExtra("onnxruntime", "onnxruntime")
    return [partial(open_engine, choice) for choice in found]
