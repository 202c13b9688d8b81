"""A checkpoint as it may be after training."""

from __future__ import annotations

import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file


def learnt(before: Path, folder: Path, name: str, change: float) -> Path:
    """Copy a checkpoint, one weight of which has changed."""
    shutil.copytree(before, folder)
    weights = load_file(before / "model.safetensors")
    weights[name] = weights[name] + change
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder
