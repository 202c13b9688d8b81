"""What a reader has learnt since → into another that had set out from it: weights added up.

    python -m models.minilm.recipe.merge READER BEFORE AFTER -o CHECKPOINT

READER learnt one thing from BEFORE on, AFTER another; CHECKPOINT is READER and what AFTER has over BEFORE
(Ilharco et al. 2023, "Editing models with task arithmetic"). All are checkpoints, or bundles that hold one.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

from tritonqa.errors import InputError

_WEIGHTS = "model.safetensors"


def main() -> None:
    """Merge what the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("reader", "before", "after"):
        parser.add_argument(name, type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    merge(options.reader, options.before, options.after, options.output)
    print(f"wrote {options.output}")


def merge(reader: Path, before: Path, after: Path, output: Path) -> None:
    """Write a checkpoint; raises InputError for models that did not set out from one."""
    weights, old, new = (load_file(folder / _WEIGHTS) for folder in (reader, before, after))
    for name, value in old.items():
        if any(name not in other or other[name].shape != value.shape for other in (weights, new)):
            raise InputError(f"{name} of {before} is not in both others; give readers that set out from it")
        weights[name] += new[name] - value
    output.mkdir(parents=True)
    for file in after.iterdir():
        if file.is_file() and file.name not in (_WEIGHTS, "bundle.json"):
            shutil.copy(file, output)
    shutil.copy(reader / "config.json", output)
    save_file(weights, output / _WEIGHTS, metadata={"format": "pt"})


if __name__ == "__main__":
    main()
