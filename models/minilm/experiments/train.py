"""Train the packaged reader's checkpoint; interrupted, the same command goes on.

    python -m models.minilm.experiments.train START --data DIR [--output build/checkpoint]

START is a checkpoint's folder: a reader to go on from, or an encoder without a head (all-MiniLM-L6-v2). Each
run of the recipe sets out from it; the weights take a share of what each of them changed. What the runs were
is written to results/NAME/run.json, their losses drawn beside it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from models.minilm.experiments.mix import HERE, RESULTS, Run, runs_of
from models.minilm.recipe.objectives import OBJECTIVES
from tritonqa.engine import cpu
from tritonqa.train.fit import fit
from tritonqa.train.run import training_folder
from tritonqa.train.start import Start

Weights: TypeAlias = dict[str, torch.Tensor]


def main() -> None:
    """Draw the data, train, write the checkpoint."""
    options = parser(__doc__).parse_args()
    start, folder = Start.open(options.start, new_head=True), training_folder(options.output)
    before = copied(start)
    runs = runs_of(options.data, options.recipe)
    learnt = [train(start, before, run, folder / run.name) for run in runs]
    start.model.load_state_dict(blended(before, learnt, [run.blend for run in runs]))
    start.save(start.model, options.output)
    records = [{**record(run), "log": log(folder / run.name)} for run in runs]
    results = RESULTS / options.name
    results.mkdir(parents=True, exist_ok=True)
    found = {"start": options.start.name, "machine": cpu.model(), "runs": records}
    (results / "run.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    draw_loss(records, results / "loss.png")


def parser(description: str | None) -> argparse.ArgumentParser:
    """Read from the command line where to start, with which data and recipe, and where the runs are kept."""
    found = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("start", type=Path)
    found.add_argument("--data", type=Path, required=True)
    found.add_argument("--recipe", type=Path, default=HERE / "recipe.toml")
    found.add_argument("--output", type=Path, default=Path("build/checkpoint"))
    found.add_argument("--name", default=date.today().isoformat())
    return found


def copied(start: Start) -> Weights:
    """Return the weights as they are now."""
    return {name: value.clone() for name, value in start.model.state_dict().items()}


def train(start: Start, before: Weights, run: Run, folder: Path) -> Weights:
    """Train from these weights; return the averaged ones. A run that is done is read from its folder."""
    start.model.load_state_dict(before)
    objective, weight = run.mix.objective
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(run.name, total=None)
        model = fit(
            start,
            run.mix.examples,
            run.mix.recipe,
            folder,
            lambda _, done, total: progress.update(bar, completed=done, total=total),
            OBJECTIVES[objective](weight),
        )
    return dict(model.to("cpu").state_dict())


def blended(before: Weights, learnt: Sequence[Weights], blends: Sequence[float]) -> Weights:
    """Add to the start's weights each run's share of what it changed (Ilharco et al. 2023)."""
    found = dict(before)
    for weights, blend in zip(learnt, blends, strict=True):
        for name, value in weights.items():
            if value.is_floating_point():
                found[name] = found[name] + blend * (value - before[name])
    return found


def record(run: Run) -> dict[str, Any]:
    """Say what a run was."""
    return {
        "name": run.name,
        "blend": run.blend,
        "recipe": asdict(run.mix.recipe),
        "objective": run.mix.objective,
        "data": run.mix.counts,
    }


def log(folder: Path) -> list[dict[str, float]]:
    """Read what a run wrote down every few steps."""
    return [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def draw_loss(records: Sequence[dict[str, Any]], file: Path) -> None:
    """Draw the mean loss of each run over 200 steps, and behind it that of each 20."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for record in records:
        steps, losses = (np.array([line[key] for line in record["log"]]) for key in ("step", "loss"))
        axes.plot(steps, losses, color="0.85")
        width = min(10, len(losses))
        mean = np.convolve(losses, np.ones(width) / width, "valid")
        axes.plot(steps[width - 1 :], mean, label=record["name"])
    axes.set(xlabel="step", ylabel="loss (cross-entropy, dropout and noise on)")
    axes.legend()
    figure.savefig(file, dpi=150)


if __name__ == "__main__":
    main()
