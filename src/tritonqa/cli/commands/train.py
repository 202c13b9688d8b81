"""tritonqa train."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import click

from tritonqa.cli.options import as_json
from tritonqa.cli.output import show
from tritonqa.cli.signals import ended_by_term
from tritonqa.datasets import load_squad
from tritonqa.progress import stages
from tritonqa.reader.find import PACKAGED
from tritonqa.train import Cropping, Optimisation, Recipe, Trained, sound
from tritonqa.train import train as run

_DEFAULT = Recipe()
_STEPS = _DEFAULT.optimisation


def _recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what says how to learn; the command gets recipe."""

    @click.option("--epochs", default=_DEFAULT.epochs, show_default=True, help="Times to go over the data.")
    @click.option(
        "--least-steps", default=_DEFAULT.least_steps, show_default=True,
        help="With few questions batches get smaller, then epochs more, until there are this many steps.",
    )  # fmt: skip
    @click.option("--learning-rate", default=_STEPS.learning_rate, show_default=True, help="Of the head.")
    @click.option("--warmup", default=_STEPS.warmup, show_default=True, help="Share of steps to speed up in.")
    @click.option(
        "--cooldown", default=_STEPS.cooldown, show_default=True,
        help="Last share of steps, in which the rate falls to nothing; before them it is level.",
    )  # fmt: skip
    @click.option(
        "--frozen", default=_STEPS.frozen, show_default=True,
        help="Layers, from the first on, that stay as they are: faster.",
    )  # fmt: skip
    @click.option(
        "--crop", "lengths", type=int, multiple=True,
        help="Learn from parts of passages, of this many tokens: faster. Repeatable.",
    )  # fmt: skip
    @click.option(
        "--whole", default=_DEFAULT.cropping.whole, show_default=True,
        help="With --crop, the share of passages that stay whole.",
    )  # fmt: skip
    @click.option("--seed", default=_DEFAULT.seed, show_default=True, help="Draws order, negatives, noise.")
    @wraps(command)
    def wrapped(
        *,
        epochs: float,
        least_steps: int,
        learning_rate: float,
        warmup: float,
        cooldown: float,
        frozen: int,
        lengths: tuple[int, ...],
        whole: float,
        seed: int,
        **rest: Any,
    ) -> None:
        recipe = Recipe(
            epochs=epochs,
            least_steps=least_steps,
            cropping=Cropping(lengths, whole),
            optimisation=Optimisation(learning_rate, warmup=warmup, cooldown=cooldown, frozen=frozen),
            seed=seed,
        )
        command(recipe=recipe, **rest)

    return wrapped


@click.command()
@click.option(
    "--data", "files", type=click.Path(path_type=Path), multiple=True, required=True,
    help="Questions with passages and answers: SQuAD's layout or JSON lines, also .gz. Repeatable.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The new bundle's folder."
)
@click.option(
    "--reader", default=PACKAGED, show_default=True,
    help="What to start from: a checkpoint's folder, a bundle with its checkpoint, a Hub id.",
)  # fmt: skip
@_recipe_options
@click.option("--skip-bad", is_flag=True, help="Leave questions out whose answers are not in their passages.")
@click.option("--held-out", default=0.1, show_default=True, help="Share of the data to judge by.")
@click.option("--max-f1-loss", default=1.0, show_default=True, help="Points of F1 that INT8 may lose.")
@as_json
def train(
    files: tuple[Path, ...],
    output: Path,
    reader: str,
    recipe: Recipe,
    skip_bad: bool,
    held_out: float,
    max_f1_loss: float,
    as_json: bool,
) -> None:
    """Fine-tune a reader on your own questions, and export it to a verified bundle.

    A part of the data is held out, to judge the reader by before and after. Interrupted, the same command
    goes on from where it was.
    """
    examples = [example for file in files for example in load_squad(file).examples]
    kept = sound(examples, skip_bad)
    if left := len(examples) - len(kept):
        click.echo(f"left out {left} of {len(examples)} questions: answers not in their passages", err=True)
    with stages() as report, ended_by_term():
        trained = run(reader, kept, output, recipe, report, held_out, max_f1_loss)
    _show(trained, as_json)


def _show(trained: Trained, as_json: bool) -> None:
    record: dict[str, Any] = {
        "learnt": trained.learnt,
        "held_out": trained.held_out,
        "before": trained.before,
        "after": trained.after,
        "bundle": trained.bundle.manifest.to_dict(),
    }
    show(record, as_json, _lines(trained))


def _lines(trained: Trained) -> Iterator[str]:
    yield f"learnt from {trained.learnt} questions, judged by {trained.held_out} others"
    for key in (key for key in trained.after if key in trained.before):
        yield f"{key:24} {trained.before[key]:8.4g} → {trained.after[key]:8.4g}"
    if trained.bundle.manifest.calibration is None:
        yield "not calibrated: that takes 100 held-out questions with and 100 without answers"
