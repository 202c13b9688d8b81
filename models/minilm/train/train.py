"""Train the packaged reader's checkpoint; interrupted, the same command goes on.

    python models/minilm/train/train.py START --data DIR [--output build/checkpoint]

START is a checkpoint's folder: a reader to go on from, or an encoder without a head (all-MiniLM-L6-v2). What
the run was is written to results/NAME/run.json, its loss drawn beside it.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from mix import HERE, mix
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
    drawn = mix(options.data, options.recipe)
    objective, weight = drawn.objective
    start = Start.open(options.start, new_head=True)
    before = {name: value.clone() for name, value in start.model.state_dict().items()}
    columns = (*Progress.get_default_columns(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("training", total=None)
        model = fit(
            start,
            drawn.examples,
            drawn.recipe,
            options.output.with_suffix(".training"),
            lambda _, done, total: progress.update(bar, completed=done, total=total),
            OBJECTIVES[objective](weight),
        )
    for name, value in model.to("cpu").state_dict().items():
        value.copy_(torch.lerp(before[name], value, drawn.blend) if value.is_floating_point() else value)
    start.save(model, options.output)
    log = (options.output.with_suffix(".training") / "log.jsonl").read_text(encoding="utf-8")
    record = {
        "start": options.start.name,
        "machine": cpu.model(),
        "recipe": asdict(drawn.recipe),
        "objective": drawn.objective,
        "blend": drawn.blend,
        "data": drawn.counts,
        "log": [json.loads(line) for line in log.splitlines()],
    }
    folder = HERE / "results" / options.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    draw_loss(record["log"], folder / "loss.png")


def draw_loss(log: list[dict[str, float]], file: Path) -> None:
    """Draw the loss of each stretch of steps, and its mean over ten."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    steps, losses = (np.array([line[key] for line in log]) for key in ("step", "loss"))
    axes.plot(steps, losses, color="0.8", label="20 steps")
    if len(losses) >= 10:
        axes.plot(steps[9:], np.convolve(losses, np.ones(10) / 10, "valid"), label="200 steps")
    axes.set(xlabel="step", ylabel="loss (cross-entropy, dropout and noise on)")
    axes.legend()
    figure.savefig(file, dpi=150)


if __name__ == "__main__":
    main()
