"""How far INT8's answers are from fp32's by the smoothing, with activations rounded and not.

    python -m models.minilm.experiments.smoothing FP32_BUNDLE --data DIR [--smooth 0.3,0.5,0.85]

Smoothing moves what stands out in activations into the weights that they are multiplied with (Xiao et al.
2023): what activations gain, weights lose. Each value is quantised anew, and compared as sensitivity.py does.
Figures go to results/NAME/smoothing.json.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from models.minilm.experiments.mix import RESULTS
from models.minilm.experiments.sensitivity import compared, run
from models.minilm.recipe.mixture import mixture
from tritonqa.datasets import Example
from tritonqa.engine import cpu
from tritonqa.engine.backends.float_activations import float_activations
from tritonqa.engine.base import pad_windows, rounded
from tritonqa.export.formats.int8 import quantise_static
from tritonqa.export.options import ONE_FILE, Quantisation
from tritonqa.features import Window
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask


def main() -> None:
    """Quantise, compare, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--smooth", default="0.3,0.5,0.85")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--ranges", type=int, default=Quantisation().asks, help="questions that set ranges")
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    reader = load_in_process(str(options.bundle), engine="openvino", precision="fp32")
    exact, drawn = options.bundle / "onnx" / "model.onnx", mixture(options.data)
    windows = _windows(reader, drawn.squad, options.questions)
    learnt = _windows(reader, drawn.learnt, options.ranges)
    inputs = [pad_windows([window], rounded(len(window))) for window in learnt]
    known, rows = run(exact, windows), []
    with tempfile.TemporaryDirectory() as folder:
        file, plain = Path(folder) / "model.int8.onnx", Path(folder) / "plain.onnx"
        for smooth in map(float, options.smooth.split(",")):
            quantise_static(exact, file, inputs, Quantisation(smooth=smooth), ONE_FILE)
            plain.write_bytes(float_activations(file))
            row = {name: compared(reader, windows, known, run(f, windows)) for name, f in _files(file, plain)}
            rows.append({"smooth": smooth, **row})
            print(json.dumps(rows[-1]), flush=True)
    results = RESULTS / options.name
    results.mkdir(parents=True, exist_ok=True)
    record = {"machine": cpu.model(), "windows": len(windows), "ranges": len(inputs), "values": rows}
    (results / "smoothing.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _files(file: Path, plain: Path) -> tuple[tuple[str, Path], ...]:
    return ("int8", file), ("int8-weights", plain)


def _windows(reader: InProcess, examples: Sequence[Example], count: int) -> list[Window]:
    """Take the windows of questions that are spread over all, of passages that fit into one."""
    asks = [Ask.of(e.question, e.context) for e in examples[:: len(examples) // count]]
    return [p.windows[0] for p in map(reader.prepare, asks) if len(p.windows) == 1]


if __name__ == "__main__":
    main()
