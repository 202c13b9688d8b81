"""Build the package's data: what a trained checkpoint has over its encoder.

    python models/mpnet/build.py ENCODER CHECKPOINT [--pages]

needs tritonqa[export]. CHECKPOINT is what models/minilm/recipe wrote, or with --pages `tritonqa nq train`.
Prints how much of the change is kept.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tritonqa_mpnet import path
from tritonqa_mpnet.delta import grow, opened, shrink

from tritonqa.digests import sha256


def build(encoder: Path, checkpoint: Path, file: Path) -> float:
    """Write the file; return the error left, as a share of the change."""
    after = load_file(checkpoint / "model.safetensors")
    before = opened(encoder, after).model.state_dict()
    delta = shrink(before, after)
    save_file(delta, file, {"encoder": sha256(encoder / "model.safetensors")})
    file.chmod(0o644)
    grown = grow(before, delta)
    lost, learnt = (
        math.hypot(*(float((after[name] - other[name]).norm()) for name in after))
        for other in (grown, before)
    )
    return lost / learnt


def main() -> None:
    """Build from what the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("encoder", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--pages", action="store_true")
    options = parser.parse_args()
    file = path(pages=options.pages)
    with torch.no_grad():
        left = build(options.encoder, options.checkpoint, file)
    print(f"wrote {file}, {file.stat().st_size / 1e6:.1f} MB; of the change {left:.1%} is lost")


if __name__ == "__main__":
    main()
