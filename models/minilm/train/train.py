"""Train the packaged reader's checkpoint; interrupted, the same command goes on.

    python models/minilm/train/train.py START --data DIR [--output build/checkpoint]

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
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from mix import HERE, Run, runs_of
from objectives import OBJECTIVES
from tritonqa.engine import cpu
from tritonqa.train.fit import fit
from tritonqa.train.start import Start


def main() -> None:
    """Draw the data, train, write the checkpoint."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("start", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--recipe", type=Path, default=HERE / "recipe.toml")
    parser.add_argument("--output", type=Path, default=Path("build/checkpoint"))
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    start = Start.open(options.start, new_head=True)
    before = {name: value.clone() for name, value in start.model.state_dict().items()}
    learnt = {name: value.clone() for name, value in before.items()}
    records = []
    for run in runs_of(options.data, options.recipe):
        start.model.load_state_dict(before)
        folder = options.output.with_suffix(".training") / run.name
        for name, value in train(start, run, folder).items():
            if value.is_floating_point():
                learnt[name] += run.blend * (value - before[name])
        log = (folder / "log.jsonl").read_text(encoding="utf-8")
        records.append(
            {
                "name": run.name,
                "blend": run.blend,
                "recipe": asdict(run.mix.recipe),
                "objective": run.mix.objective,
                "data": run.mix.counts,
                "log": [json.loads(line) for line in log.splitlines()],
            }
        )
    start.model.load_state_dict(learnt)
    start.save(start.model, options.output)
    record = {"start": options.start.name, "machine": cpu.model(), "runs": records}
    results = HERE / "results" / options.name
    results.mkdir(parents=True, exist_ok=True)
    (results / "run.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    draw_loss(records, results / "loss.png")


def train(start: Start, run: Run, folder: Path) -> dict[str, torch.Tensor]:
    """Train from the start; return the averaged weights."""
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
