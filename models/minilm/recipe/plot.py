"""Draw the losses of runs by the windows that they learnt from.

    python -m models.minilm.recipe.plot FOLDER… [--name NAME]

FOLDER holds a run's log.jsonl: OUTPUT/stable, OUTPUT/cooldown/training. The log and the drawing go to
results/NAME/.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from models.minilm.recipe.evaluate import RESULTS

_MEAN = 5  # lines of a log, each of which is the mean of 20 steps


def main() -> None:
    """Read the logs, write, draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    results = RESULTS / options.name
    results.mkdir(parents=True, exist_ok=True)
    logs = {"/".join(folder.parts[-2:]): read(folder) for folder in options.folders}
    (results / "loss.json").write_text(json.dumps(logs, indent=1) + "\n", encoding="utf-8")
    draw(logs, results / "loss.png")


def read(folder: Path) -> list[dict[str, float]]:
    """Read what a run wrote every few steps; of steps done twice, after an interruption, the later counts."""
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    rows = {row["step"]: row for row in map(json.loads, lines)}
    return [rows[step] for step in sorted(rows)]


def draw(logs: Mapping[str, Sequence[dict[str, float]]], file: Path) -> None:
    """Draw each line of a log, and their running mean."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name, rows in logs.items():
        windows, losses = (np.array([row[key] for row in rows]) for key in ("windows", "loss"))
        width = min(_MEAN, len(losses))
        (shown,) = axes.plot(windows[width - 1 :], np.convolve(losses, np.ones(width) / width, "valid"))
        axes.plot(windows, losses, ".", color=shown.get_color(), alpha=0.4, label=name)
    axes.set(xlabel="windows learnt from", ylabel="loss (cross-entropy, dropout and noise on)")
    axes.legend()
    figure.savefig(file, dpi=120)


if __name__ == "__main__":
    main()
