"""The encoder, and what the reader has learnt since → the reader's checkpoint.

    tritonqa-mpnet [ENCODER] -o CHECKPOINT [--pages]

ENCODER is the folder of all-mpnet-base-v2, or its name on the Hub, which is the default. --pages makes the
reader that `tritonqa nq predict` takes: it knows yes, no, short and long answers of whole pages.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tritonqa.bundle import staged
from tritonqa.digests import sha256
from tritonqa.errors import InputError, TritonQAError
from tritonqa.progress import Report, silent, stages
from tritonqa.train.run import checkpoint_of, require_libraries
from tritonqa_mpnet import path

HUB = "sentence-transformers/all-mpnet-base-v2"


def main() -> None:
    """Make the checkpoint, or say in one sentence why not."""
    parser = argparse.ArgumentParser(
        "tritonqa-mpnet", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("encoder", nargs="?", default=HUB)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--pages", action="store_true")
    options = parser.parse_args()
    try:
        require_libraries()
        with stages() as report:
            make(options.encoder, path(pages=options.pages), options.output, report)
    except TritonQAError as error:
        parser.exit(1, f"Error: {error}\n")
    print(f"wrote {options.output}; next: tritonqa export {options.output} -o mpnet-reader -f onnx")


def make(encoder: str, delta: Path, output: Path, report: Report = silent) -> None:
    """Write a checkpoint; raises InputError for another encoder, and what finding and loading one raises."""
    from safetensors import safe_open

    from tritonqa_mpnet.delta import grow, opened

    folder = checkpoint_of(encoder, report)
    with safe_open(delta, "pt") as file:
        wanted = file.metadata()["encoder"]
        learnt = {name: file.get_tensor(name) for name in file.keys()}
    start = opened(folder, learnt)
    if sha256(folder / "model.safetensors") != wanted:
        raise InputError(f"{encoder} is another encoder than this reader's; give {HUB}")
    start.model.load_state_dict(grow(start.model.state_dict(), learnt))
    with staged(output) as stage:
        start.save(start.model, stage)
        stage.rename(output)


if __name__ == "__main__":
    main()
