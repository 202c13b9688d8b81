"""tritonqa train."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tritonqa.cli.options import as_json
from tritonqa.cli.output import emit
from tritonqa.cli.signals import ended_by_term
from tritonqa.datasets import load_squad
from tritonqa.progress import stages
from tritonqa.reader.load import PACKAGED
from tritonqa.train import Recipe, Trained
from tritonqa.train import train as run

_DEFAULT = Recipe()


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
@click.option("--epochs", default=_DEFAULT.epochs, show_default=True, help="Times to go over the data.")
@click.option(
    "--learning-rate", default=_DEFAULT.optimisation.learning_rate, show_default=True, help="Of the head."
)
@click.option("--held-out", default=0.1, show_default=True, help="Share of the data to judge by.")
@click.option("--max-f1-loss", default=1.0, show_default=True, help="Points of F1 that INT8 may lose.")
@click.option("--seed", default=_DEFAULT.seed, show_default=True, help="Draws order, negatives and noise.")
@as_json
def train(
    files: tuple[Path, ...],
    output: Path,
    reader: str,
    epochs: float,
    learning_rate: float,
    held_out: float,
    max_f1_loss: float,
    seed: int,
    as_json: bool,
) -> None:
    """Fine-tune a reader on your own questions, and export it to a verified bundle.

    A part of the data is held out, to judge the reader by before and after. Interrupted, the same command
    goes on from where it was.
    """
    examples = [example for file in files for example in load_squad(file).examples]
    optimisation = replace(_DEFAULT.optimisation, learning_rate=learning_rate)
    recipe = replace(_DEFAULT, epochs=epochs, optimisation=optimisation, seed=seed)
    with stages() as report, ended_by_term():
        trained = run(reader, examples, output, recipe, report, held_out, max_f1_loss)
    _show(trained, as_json)


def _show(trained: Trained, as_json: bool) -> None:
    record: dict[str, Any] = {
        "learnt": trained.learnt,
        "held_out": trained.held_out,
        "before": trained.before,
        "after": trained.after,
        "bundle": trained.bundle.manifest.to_dict(),
    }
    if as_json:
        emit(json.dumps(record, ensure_ascii=False))
        return
    emit(f"learnt from {trained.learnt} questions, judged by {trained.held_out} others")
    for key in (key for key in trained.after if key in trained.before):
        emit(f"{key:24} {trained.before[key]:8.4g} → {trained.after[key]:8.4g}")
    if trained.bundle.manifest.calibration is None:
        emit("not calibrated: that takes 100 held-out questions with and 100 without answers")
