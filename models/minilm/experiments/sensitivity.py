"""What of INT8 moves answers: parts of a quantised file left in float, one at a time.

    python -m models.minilm.experiments.sensitivity FP32_BUNDLE --data DIR [--questions 300]

FP32_BUNDLE is `tritonqa export CHECKPOINT -o FP32_BUNDLE`; the quantised file is the packaged reader's.
Questions are those of articles that the recipe keeps out. For each variant: the share of best spans that are
fp32's, and the divergence of its probabilities of first and last tokens from fp32's, in nats, which tells
variants apart where few answers change. Figures go to results/NAME/sensitivity.json.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from models.minilm.experiments.mix import RESULTS
from models.minilm.recipe.mixture import mixture
from tritonqa.arrays import FloatArray
from tritonqa.engine import Choice, cpu, open_engine
from tritonqa.features import Window
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.load import load_in_process
from tritonqa.spans import decode
from tritonqa.text import Ask

NARROWED = 0.8, 0.6, 0.4
KINDS = "queries, keys, values", "attention's output", "feed-forward's input", "feed-forward's output"


def main() -> None:
    """Run every variant on the same windows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--only", default="", help="variants whose names hold this")
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    reader = load_in_process(str(options.bundle), engine="openvino", precision="fp32")
    kept = mixture(options.data).squad
    asks = [Ask.of(e.question, e.context) for e in kept[:: len(kept) // options.questions]]
    windows = [p.windows[0] for p in map(reader.prepare, asks) if len(p.windows) == 1]
    exact = options.bundle / "onnx" / "model.onnx"
    shipped = find_bundle(PACKAGED).folder / "onnx" / "model.int8.onnx"
    known, rows = run(exact, windows), []
    with tempfile.TemporaryDirectory() as folder:
        for name, model in variants(exact, shipped):
            if options.only not in name:
                continue
            file = Path(folder) / "model.onnx"
            onnx.save(model, file)
            rows.append({"variant": name, **compared(reader, windows, known, run(file, windows))})
            print(json.dumps(rows[-1]), flush=True)
    results = RESULTS / options.name
    results.mkdir(parents=True, exist_ok=True)
    record = {"machine": cpu.model(), "windows": len(windows), "variants": rows}
    (results / "sensitivity.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def variants(exact: Path, shipped: Path) -> Iterator[tuple[str, Any]]:
    """Give models by name: the shipped one, and with parts of it in float; fp32 with parts of it rounded."""
    pairs = len(_pairs(onnx.load(shipped)))
    groups = {f"{kind} in float": range(i, pairs - 1, 4) for i, kind in enumerate(KINDS)}
    groups |= {f"layer {i} in float": range(4 * i, 4 * i + 4) for i in range(pairs // 4)}
    yield "int8", onnx.load(shipped)
    yield "int8, all activations in float", without(onnx.load(shipped), range(pairs))
    for name, which in groups.items():
        yield f"int8, activations of {name}", without(onnx.load(shipped), which)
    for factor in NARROWED:
        yield (
            f"int8, ranges of {KINDS[0]} times {factor}",
            narrowed(onnx.load(shipped), range(0, pairs - 1, 4), factor),
        )
    yield "fp32, embeddings rounded", rounded(onnx.load(exact), embeddings=True)
    yield "fp32, products' weights rounded", rounded(onnx.load(exact), embeddings=False)


def without(model: Any, which: Sequence[int]) -> Any:
    """Take some pairs that round activations out."""
    pairs = _pairs(model)
    plain = {back.output[0]: pair.input[0] for pair, back in (pairs[i] for i in which)}
    gone = {name for i in which for node in pairs[i] for name in node.output}
    for node in model.graph.node:
        node.input[:] = [plain.get(name, name) for name in node.input]
    left = [node for node in model.graph.node if node.output[0] not in gone]
    del model.graph.node[:]
    model.graph.node.extend(left)
    return model


def narrowed(model: Any, which: Sequence[int], factor: float) -> Any:
    """Give some pairs a smaller range about zero: finer steps, and what stands out is cut."""
    pairs = _pairs(model)
    scales = {pairs[i][0].input[1] for i in which}
    for tensor in model.graph.initializer:
        if tensor.name in scales:
            value = numpy_helper.to_array(tensor) * np.float32(factor)
            tensor.CopyFrom(numpy_helper.from_array(value.astype(np.float32), tensor.name))
    return model


def rounded(model: Any, embeddings: bool) -> Any:
    """Round an fp32 model's embeddings by row, or its products' weights by column, to eight bits."""
    multiplied = {name for node in model.graph.node if node.op_type == "MatMul" for name in node.input}
    for tensor in model.graph.initializer:
        chosen = "embeddings.weight" in tensor.name if embeddings else tensor.name in multiplied
        if chosen and len(tensor.dims) == 2:
            value = numpy_helper.to_array(tensor)
            step = np.abs(value).max(1 if embeddings else 0, keepdims=True) / 127
            tensor.CopyFrom(numpy_helper.from_array(np.round(value / step) * step, tensor.name))
    return model


def run(file: Path, windows: Sequence[Window]) -> list[FloatArray]:
    """Return the logits of each window."""
    engine = open_engine(Choice("openvino", "fp32", file))
    with ThreadPoolExecutor(engine.streams) as pool:
        found = list(pool.map(lambda window: engine.run([window])[0], windows))
    engine.close()
    return found


def compared(
    reader: InProcess, windows: Sequence[Window], known: Sequence[FloatArray], found: Sequence[FloatArray]
) -> dict[str, float]:
    """Return the share of best spans that are the same, and the mean divergence."""
    same = [_best(reader, w, a) == _best(reader, w, b) for w, a, b in zip(windows, known, found, strict=True)]
    apart = [_divergence(a, b) for a, b in zip(known, found, strict=True)]
    return {"same": round(100 * float(np.mean(same)), 1), "nats": round(float(np.mean(apart)), 5)}


def _best(reader: InProcess, window: Window, logits: FloatArray) -> tuple[int, int]:
    span = next(decode([window], [logits], reader.decoding).spans)
    return span.first, span.last


def _divergence(known: FloatArray, found: FloatArray) -> float:
    p, q = (logits - np.logaddexp.reduce(logits, 1, keepdims=True) for logits in (known, found))
    return float((np.exp(p) * (p - q)).sum(1).mean())


def _pairs(model: Any) -> list[tuple[Any, Any]]:
    """List the nodes that round an activation and give it back, in the model's order."""
    back = {node.input[0]: node for node in model.graph.node if node.op_type == "DequantizeLinear"}
    rounding = (node for node in model.graph.node if node.op_type == "QuantizeLinear")
    return [(node, back[node.output[0]]) for node in rounding]


if __name__ == "__main__":
    main()
