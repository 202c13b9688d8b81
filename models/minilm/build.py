"""Build the packaged reader from its checkpoint: fp32 ONNX for reference, static INT8 ONNX to ship.

    python build.py CHECKPOINT --data DIR

needs torch, transformers, nncf, openvino, onnx, onnxscript. CHECKPOINT is a Hugging Face folder with
a BertForQuestionAnswering; DIR holds squad-train-part.jsonl.gz, whose first questions set the INT8 ranges.
The fp32 bundle goes to build/fp32 (not shipped), the INT8 bundle into the package.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import nncf
import numpy as np
import onnx
import openvino as ov
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForQuestionAnswering

HERE = Path(__file__).parent
FP32 = HERE / "build" / "fp32"
INT8 = HERE / "src" / "tritonqa_minilm" / "bundle"
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
CALIBRATION_ASKS = 300
PARITY_ASKS = 200


def export_fp32(checkpoint: Path, target: Path) -> torch.nn.Module:
    """Write the checkpoint as one ONNX file with free batch and length; return the torch model."""
    model = AutoModelForQuestionAnswering.from_pretrained(checkpoint, attn_implementation="eager").eval()
    target.parent.mkdir(parents=True, exist_ok=True)
    sample = tuple(torch.ones(2, 32, dtype=torch.int64) for _ in INPUTS)
    axes = {0: "batch", 1: "length"}

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> Any:
            out = self.model(input_ids=ids, attention_mask=mask, token_type_ids=types)
            return out.start_logits, out.end_logits

    torch.onnx.export(
        Logits().eval(),
        sample,
        str(target),
        input_names=INPUTS,
        output_names=["start_logits", "end_logits"],
        dynamic_axes={name: axes for name in [*INPUTS, "start_logits", "end_logits"]},
        opset_version=17,
        dynamo=False,
    )
    return model


def windows(checkpoint: Path, data: Path, start: int, count: int) -> list[dict[str, np.ndarray]]:
    """Read asks from training data as model inputs of shape [1, length]."""
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    tokenizer.enable_truncation(384, strategy="only_second")
    with gzip.open(data / "squad-train-part.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    step = len(rows) // (CALIBRATION_ASKS + PARITY_ASKS)
    chosen = rows[start * step : (start + count) * step : step]
    encodings = [tokenizer.encode(row["question"], row["context"]) for row in chosen]
    return [
        {
            "input_ids": np.array([e.ids], np.int64),
            "attention_mask": np.array([e.attention_mask], np.int64),
            "token_type_ids": np.array([e.type_ids], np.int64),
        }
        for e in encodings
    ]


def quantise(source: Path, target: Path, asks: list[dict[str, np.ndarray]]) -> None:
    """Write a static INT8 ONNX file: NNCF with SmoothQuant, activations asymmetric (preset MIXED)."""
    model = onnx.load(source)
    quantised = nncf.quantize(
        model,
        nncf.Dataset(asks),
        model_type=nncf.ModelType.TRANSFORMER,
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(asks),
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(quantised, target)


def parity(model: torch.nn.Module, file: Path, asks: list[dict[str, np.ndarray]]) -> dict[str, float]:
    """Compare best start and end with torch on real windows."""
    compiled = ov.Core().compile_model(file, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    same, worst = 0, 0.0
    with torch.inference_mode():
        for ask in asks:
            out = model(**{name: torch.from_numpy(value) for name, value in ask.items()})
            want = torch.cat((out.start_logits, out.end_logits)).numpy()
            got = np.concatenate(list(compiled(ask).values()))
            same += bool((want.argmax(1) == got.argmax(1)).all())
            worst = max(worst, float(np.abs(want - got).max()))
    return {"windows": len(asks), "same_best_span": same / len(asks), "max_difference": round(worst, 6)}


def sha256(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_bundle(folder: Path, checkpoint: Path, file: str, precision: str, check: dict[str, float]) -> None:
    """Write tokenizer, config and bundle.json beside the model file."""
    for name in ("tokenizer.json", "config.json"):
        shutil.copyfile(checkpoint / name, folder / name)
        (folder / name).chmod(0o644)
    path = folder / file
    known = folder / "bundle.json"
    calibration = json.loads(known.read_text())["calibration"] if known.exists() else None
    record = {
        "format": 1,
        "name": "tritonqa-minilm",
        "version": "0.1.0",
        "licence": "CC-BY-SA-4.0",
        "source": {"folder": checkpoint.name, "sha256": sha256(checkpoint / "model.safetensors")},
        "architecture": json.loads((checkpoint / "config.json").read_text())["architectures"][0],
        "inputs": INPUTS,
        "windowing": {"max_length": 384, "stride": 128, "max_question": 64},
        "decoding": {"max_answer_tokens": 30},
        "calibration": calibration,
        "formats": [
            {
                "file": file,
                "kind": "onnx",
                "precision": precision,
                "size": path.stat().st_size,
                "sha256": sha256(path),
                "parity": check,
            }
        ],
    }
    known.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Export, quantise, verify, write both bundles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    torch.manual_seed(0)
    reference = FP32 / "onnx" / "model.onnx"
    shipped = INT8 / "onnx" / "model.int8.onnx"
    model = export_fp32(options.checkpoint, reference)
    held = windows(options.checkpoint, options.data, CALIBRATION_ASKS, PARITY_ASKS)
    write_bundle(FP32, options.checkpoint, "onnx/model.onnx", "fp32", parity(model, reference, held))
    quantise(reference, shipped, windows(options.checkpoint, options.data, 0, CALIBRATION_ASKS))
    write_bundle(INT8, options.checkpoint, "onnx/model.int8.onnx", "int8", parity(model, shipped, held))
    for folder in (FP32, INT8):
        print((folder / "bundle.json").read_text())


if __name__ == "__main__":
    main()
