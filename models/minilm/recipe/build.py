"""Build the packaged reader from its checkpoint: static INT8, calibrated on held-out questions.

    python -m models.minilm.recipe.build CHECKPOINT --data DIR

needs tritonqa[export]. DIR is the data folder: questions of train/squad-train-part.jsonl.gz set the INT8
ranges, and squad/heldout-v2.0.json.gz the probabilities: what is reported for an article uses a fit on the
others, what ships uses all. The checkpoint itself goes, in fp16, to the package tritonqa-minilm-checkpoint.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from tritonqa.bundle import Bundle, extend, staged
from tritonqa.datasets import load_squad
from tritonqa.export import ExportOptions, export
from tritonqa.progress import stages
from tritonqa.reader.load import load_embedded
from tritonqa.train.calibrate import calibrate

HERE = Path(__file__).parent
BUNDLE = HERE / "src" / "tritonqa_minilm" / "bundle"
CHECKPOINT = HERE / "checkpoint" / "src" / "tritonqa_minilm_checkpoint" / "checkpoint"
VERSION = "0.4.0"


def build(checkpoint: Path, data: Path, folder: Path) -> Bundle:
    """Export, calibrate, and state the version; prints the cross-fitted figures."""
    options = ExportOptions(
        ("onnx-int8",),
        name="tritonqa-minilm",
        licence="CC-BY-SA-4.0",
        calibrate=data / "train" / "squad-train-part.jsonl.gz",
    )
    with stages() as report:
        bundle = export(checkpoint, folder, options, report)
        reader = load_embedded(str(folder))
        held = load_squad(data / "squad" / "heldout-v2.0.json.gz").examples
        calibration, found = calibrate(reader, held, lambda done, total: report("calibrating", done, total))
        reader.close()
    print(json.dumps({"cross-fitted": asdict(found), "calibration": asdict(calibration)}, indent=2))
    manifest = replace(bundle.manifest, calibration=calibration, version=VERSION)
    with staged(folder, extended=True) as nothing:
        extend(nothing, folder, manifest)
    return bundle


def save_half(checkpoint: Path, folder: Path) -> None:
    """Copy a checkpoint with its weights in fp16."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(checkpoint, folder, copy_function=shutil.copyfile)
    weights = load_file(checkpoint / "model.safetensors")
    halves = {name: value.to(torch.float16).contiguous() for name, value in weights.items()}
    save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)


def main() -> None:
    """Build both packages' data."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=HERE) as stage:
        built = Path(stage) / "bundle"
        build(options.checkpoint, options.data, built)
        shutil.rmtree(BUNDLE)
        built.rename(BUNDLE)
    save_half(options.checkpoint, CHECKPOINT)


if __name__ == "__main__":
    main()
