"""Build the packaged reader from its checkpoint: static INT8, calibrated on held-out questions.

    python -m models.minilm.recipe.build CHECKPOINT --data DIR

needs tritonqa[export]. DIR is the data folder: questions that the recipe learns from set the INT8 ranges,
those of the articles that it keeps out (mixture.py) the probabilities and the threshold: what is reported for
an article uses a fit on the others, what ships uses all. The checkpoint itself goes, in fp16, to the package
tritonqa-minilm-checkpoint.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from models.minilm.recipe.mixture import mixture
from tritonqa.bundle import Bundle, extend, staged
from tritonqa.datasets import save_examples
from tritonqa.export import ExportOptions, export
from tritonqa.progress import stages
from tritonqa.reader.load import load_in_process
from tritonqa.train.calibrate import calibrate

PACKAGE = Path(__file__).parents[1]
BUNDLE = PACKAGE / "src" / "tritonqa_minilm" / "bundle"
CHECKPOINT = PACKAGE / "checkpoint" / "src" / "tritonqa_minilm_checkpoint" / "checkpoint"
_RANGES = 2000  # questions, of which the exporter takes what it needs


def build(checkpoint: Path, data: Path, folder: Path) -> Bundle:
    """Export, calibrate, and state the version; prints the cross-fitted figures."""
    drawn = mixture(data)
    asks = folder.with_name("ranges.jsonl")
    save_examples(asks, drawn.learnt[:: len(drawn.learnt) // _RANGES])
    options = ExportOptions(("onnx-int8",), name="tritonqa-minilm", licence="CC-BY-SA-4.0", ranges=asks)
    with stages() as report:
        bundle = export(checkpoint, folder, options, report)
        reader = load_in_process(str(folder))
        kept = drawn.squad
        calibration, found = calibrate(reader, kept, lambda done, total: report("calibrating", done, total))
        reader.close()
    print(json.dumps({"cross-fitted": asdict(found), "calibration": asdict(calibration)}, indent=2))
    manifest = replace(bundle.manifest, calibration=calibration, version=version())
    with staged(folder, extended=True) as nothing:
        extend(nothing, folder, manifest)
    return bundle


def version() -> str:
    """Read the version that both distributions state."""
    projects = (PACKAGE / "pyproject.toml", PACKAGE / "checkpoint" / "pyproject.toml")
    stated = {tomllib.loads(file.read_text(encoding="utf-8"))["project"]["version"] for file in projects}
    if len(stated) > 1:
        raise SystemExit(f"{' and '.join(map(str, projects))} state several versions: {', '.join(stated)}")
    return str(stated.pop())


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
    with tempfile.TemporaryDirectory(dir=PACKAGE) as stage:
        built = Path(stage) / "bundle"
        build(options.checkpoint, options.data, built)
        shutil.rmtree(BUNDLE)
        built.rename(BUNDLE)
    save_half(options.checkpoint, CHECKPOINT)


if __name__ == "__main__":
    main()
