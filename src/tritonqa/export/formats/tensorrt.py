"""ONNX → a recipe that builds a TensorRT plan where there is a GPU: trtexec, Python, Torch-TensorRT."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_BATCHES = (1, 8, 32)  # min, opt, max
_TEMPLATES = Path(__file__).parent / "templates"


def buckets(max_length: int) -> tuple[tuple[int, int, int], ...]:
    """Cut lengths into profiles (min, opt, max): a plan is tuned for each, and never rebuilt for a length."""
    tops = [length for length in (64, 128, 256, 384, 512) if length < max_length] + [max_length]
    return tuple((low + 1, top, top) for low, top in zip([0, *tops[:-1]], tops, strict=True))


def trtexec(onnx: str, plan: str, inputs: Sequence[str], max_length: int) -> str:
    """Write the shell command, one optimisation profile a bucket."""
    lines = ["trtexec", f"--onnx={onnx}", f"--saveEngine={plan}", "--fp16"]
    for index, lengths in enumerate(buckets(max_length)):
        lines.append(f"--profile={index}")
        for flag, batch, length in zip(("min", "opt", "max"), _BATCHES, lengths, strict=True):
            shapes = ",".join(f"{name}:{batch}x{length}" for name in inputs)
            lines.append(f"--{flag}Shapes={shapes}")
    return " \\\n  ".join(lines) + "\n"


def write_recipe(folder: Path, onnx: str, inputs: Sequence[str], max_length: int) -> None:
    """Write build.sh, build.py and build_torch.py: each builds for the GPU at hand, beside itself.

    They read the bundle's fp32 ONNX (its file in the bundle is given) and its checkpoint.
    """
    name = f"../{onnx}"
    settings = {"onnx": name, "inputs": list(inputs), "buckets": buckets(max_length), "batches": _BATCHES}
    command = trtexec(name, "model.plan", inputs, max_length)
    (folder / "build.sh").write_text(f'#!/bin/sh\nset -e\ncd "$(dirname "$0")"\n{command}', encoding="utf-8")
    for script in ("build.py", "build_torch.py"):
        text = (_TEMPLATES / script).read_text(encoding="utf-8")
        (folder / script).write_text(text.replace('"SETTINGS"', repr(settings)), encoding="utf-8")
