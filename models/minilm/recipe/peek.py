"""Ask the average of a stable phase, before any cooldown, some of the questions kept out: how far it is.

    python -m models.minilm.recipe.peek ENCODER --data DIR [--output build] [--questions 400]

Answers are found in fp32. Prints a line of figures for articles and for search questions.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from torch.optim.swa_utils import AveragedModel

from models.minilm.recipe.evaluate import part
from models.minilm.recipe.mixture import mixture
from models.minilm.recipe.train import STABLE
from tritonqa import Reader
from tritonqa.datasets import Dataset
from tritonqa.evaluate.run import evaluate
from tritonqa.progress import bar
from tritonqa.train.optimiser import adamw, freeze_embeddings
from tritonqa.train.start import Start
from tritonqa.train.state import load_state


def main() -> None:
    """Load the average, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path("build"))
    parser.add_argument("--questions", type=int, default=400)
    options = parser.parse_args()
    kept = mixture(options.data)
    sets = {"articles kept out": kept.squad, "search questions kept out": kept.search}
    with Reader(averaged(options.encoder, options.output / "stable" / "state").in_process()) as reader:
        for label, examples in sets.items():
            asked = part(Dataset("2.0", tuple(examples)), options.questions)
            with bar(label) as step:
                print(json.dumps({label: evaluate(reader, asked, step).figures}), flush=True)


def averaged(encoder: Path, state: Path) -> Start:
    """Open the encoder with the average's weights of a run's state."""
    start = Start.open(encoder, new_head=True)
    freeze_embeddings(start.model)
    average = AveragedModel(start.model)
    load_state(state, start.model, average, adamw(start.model, STABLE.optimisation))
    start.model.load_state_dict(average.module.state_dict())
    start.model.eval()
    return start


if __name__ == "__main__":
    main()
