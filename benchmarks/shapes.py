"""Run models of three shapes in every format: CPU time, share of the matrix product's peak, F1.

    OPENBLAS_NUM_THREADS=1 python benchmarks/shapes.py SQUAD_FILE [--shapes NAME,…] [--asks N]

minilm is the packaged reader's checkpoint; bert-base and distilbert have random weights, so that their speed
alone means something. The questions' windows, one a call on one core, all formats in turn. A format that
can't be made or run here is told with its reason.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import transformers
from formats import gemm
from record import record
from rich.progress import track
from side_by_side import checkpoint

from tritonqa.answers.rank import rank
from tritonqa.datasets import Dataset, load_squad
from tritonqa.engine import Engine
from tritonqa.engine.backends.onnx import OnnxEngine
from tritonqa.engine.backends.openvino import OpenVinoEngine
from tritonqa.evaluate import score
from tritonqa.export import ExportOptions
from tritonqa.export.checkpoint import open_checkpoint
from tritonqa.export.formats.writers import FROM_MODEL, FROM_ONNX
from tritonqa.export.sources.checkpoint import CheckpointSource
from tritonqa.export.torch_engine import ProgramEngine, open_program
from tritonqa.progress import silent
from tritonqa.reader.load import load_in_process
from tritonqa.spans import decode
from tritonqa.text import Ask

Opens = Callable[[CheckpointSource, Path], Engine]

SHAPES: Mapping[str, Callable[[], Any] | None] = {
    "minilm": None,
    "distilbert": lambda: transformers.DistilBertForQuestionAnswering(transformers.DistilBertConfig()),
    "bert-base": lambda: transformers.BertForQuestionAnswering(transformers.BertConfig()),
}


def bf16(source: CheckpointSource, folder: Path) -> Engine:
    """Run the model with its products in bf16."""

    def run(**tensors: Any) -> tuple[Any, ...]:
        with torch.autocast("cpu", torch.bfloat16):
            return tuple(output.float() for output in source.model.module(**tensors))

    return ProgramEngine(run, source.inputs)


def from_onnx(name: str, opened: Callable[[Path, str, int], Engine], precision: str = "fp32") -> Opens:
    """Open what the export writes of the ONNX file."""

    def opens(source: CheckpointSource, folder: Path) -> Engine:
        file = folder / f"{name}.onnx"
        if name == "onnx":
            file = source.onnx(folder)
        elif not file.exists():
            FROM_ONNX[name](source, folder, file)
        return opened(file, precision, 1)

    return opens


def from_torch(name: str, kind: str) -> Opens:
    """Open what the export writes of the model."""

    def opens(source: CheckpointSource, folder: Path) -> Engine:
        FROM_MODEL[name](source, folder / name)
        return open_program(folder / name, kind, source.inputs)

    return opens


def compiled(source: CheckpointSource, folder: Path) -> Engine:
    """Compile the model as torch does: one kernel for every length."""
    return ProgramEngine(torch.compile(source.model.module, dynamic=True), source.inputs)


FORMATS: Mapping[str, Opens] = {
    "onnxruntime fp32": from_onnx("onnx", OnnxEngine),
    "onnxruntime fp16 weights": from_onnx("onnx-fp16", OnnxEngine, "fp16"),
    "onnxruntime dynamic INT8": from_onnx("onnx-int8-dynamic", OnnxEngine, "int8-dynamic"),
    "onnxruntime static INT8": from_onnx("onnx-int8", OnnxEngine, "int8"),
    "OpenVINO fp32": from_onnx("onnx", OpenVinoEngine),
    "OpenVINO bf16": from_onnx("onnx", OpenVinoEngine, "bf16"),
    "OpenVINO static INT8": from_onnx("onnx-int8", OpenVinoEngine, "int8"),
    "torch": lambda source, folder: source.reference(),
    "torch bf16": bf16,
    "TorchScript": from_torch("torchscript", "torchscript"),
    "torch.export": from_torch("torch-export", "torch_export"),
    "torch.compile": compiled,
}


@dataclass
class Timed:
    """A format of a shape, open, and what it took."""

    engine: Engine
    cpu: float = 0.0
    seconds: float = 0.0
    texts: dict[str, str] = field(default_factory=dict)


def flops(config: Any, lengths: Sequence[int]) -> float:
    """Count the useful operations of windows of these lengths in an encoder of this config."""
    width = getattr(config, "hidden_size", None) or config.dim
    layers = getattr(config, "num_hidden_layers", None) or config.n_layers
    inner = getattr(config, "intermediate_size", None) or config.hidden_dim
    a_token, a_pair = layers * (8 * width**2 + 4 * width * inner), layers * 4 * width
    return float(sum(length * a_token + length**2 * a_pair for length in lengths))


def made(name: str, folder: Path) -> Path:
    """Return the checkpoint of a shape, made with random weights where it has none."""
    make = SHAPES[name]
    if make is None:
        return checkpoint()
    torch.manual_seed(0)
    make().save_pretrained(folder / name)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(checkpoint() / file, folder / name)
    return folder / name


def measured(shape: str, names: Sequence[str], part: Dataset, folder: Path) -> dict[str, Any]:
    """Measure every format of a shape in turn, window by window."""
    place = made(shape, folder)
    source = CheckpointSource(open_checkpoint(place), ExportOptions(), silent)
    (stage := folder / f"{shape}-formats").mkdir()
    opened, failed = dict[str, Timed](), dict[str, str]()
    backend = load_in_process()
    asks = [(e.id, backend.prepare(Ask.of(e.question, e.context))) for e in part.examples]
    lengths = [len(window) for _, ask in asks for window in ask.windows]
    for name in track(names, f"{shape}: formats", disable=not sys.stderr.isatty()):
        try:
            opened[name] = Timed(FORMATS[name](source, stage))
            for _, ask in asks[:4]:
                opened[name].engine.run(ask.windows)
        except Exception as error:  # noqa: BLE001 - told, whatever it is
            opened.pop(name, None)
            failed[name] = f"{type(error).__name__}: {str(error).splitlines()[0]}"[:200]
    work = took = 0.0
    for id, ask in track(asks, f"{shape}: asks", disable=not sys.stderr.isatty()):
        done, spent = gemm(times=1)
        work, took = work + done, took + spent
        for timed in opened.values():
            begun, used = time.perf_counter(), time.process_time()
            logits = [timed.engine.run([window], alone=True)[0] for window in ask.windows]
            timed.cpu += time.process_time() - used
            timed.seconds += time.perf_counter() - begun
            best = rank(ask, decode(ask.windows, logits, backend.decoding), None, backend.decoding)
            timed.texts[id] = best[0].text if best else ""
    useful = flops(source.model.module.model.config, lengths)
    backend.close()
    return {
        "gemm_gflops": work / took / 1e9,
        "failed": failed,
        "formats": {
            name: {
                "cpu_ms_per_ask": 1e3 * timed.cpu / len(asks),
                "ms_per_ask": 1e3 * timed.seconds / len(asks),
                "useful_work_over_gemm_peak": (useful / timed.cpu) / (work / took),
                **(score(part, timed.texts) if SHAPES[shape] is None else {}),
            }
            for name, timed in opened.items()
        },
    }


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--asks", type=int, default=200)
    parser.add_argument("--name", default="shapes")
    options = parser.parse_args()
    torch.set_num_threads(1)
    dataset, load = load_squad(options.file), os.getloadavg()[0]
    step = max(1, len(dataset.examples) // options.asks)
    part = Dataset(dataset.version, dataset.examples[::step][: options.asks])
    with tempfile.TemporaryDirectory() as folder:
        found = {
            shape: measured(shape, options.formats.split(","), part, Path(folder))
            for shape in options.shapes.split(",")
        }
    about = {"asks": len(part.examples), "load_before": load, "load_after": os.getloadavg()[0]}
    record(options.name, {**about, "shapes": found})


if __name__ == "__main__":
    main()
