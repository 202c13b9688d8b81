"""Measure the packaged reader on everything that is held out.

    python -m models.minilm.recipe.evaluate --data DIR [--name NAME]

Figures with their 95 % intervals (bootstrap over questions) and plots go to results/NAME/. The noisy
questions are those of held-out 1.1, each typed carelessly with a fixed seed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from tritonqa import Reader
from tritonqa.datasets import Dataset, load_squad
from tritonqa.engine import cpu
from tritonqa.evaluate.plots import plot
from tritonqa.evaluate.run import Report, evaluate
from tritonqa.progress import bar
from tritonqa.reader.load import PACKAGED, load_embedded
from tritonqa.train.calibrate import Array, cross_fit, cross_score, observe
from tritonqa.train.noise import careless

RESULTS = Path(__file__).parent / "results"
_DRAWS = 1000


def main() -> None:
    """Ask everything, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reader", default=PACKAGED)
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    squad, shifted = (load_squad(options.data / "squad" / f"heldout-v{v}.json.gz") for v in ("1.1", "2.0"))
    backend = load_embedded(options.reader)
    with Reader(backend) as reader:
        clean = _ask(reader, squad, "held-out 1.1")
        noisy = _ask(reader, careless_questions(squad), "noisy")
        half = _ask(reader, shifted, "held-out 2.0", answerable_prior=0.5)
        with bar("cross-fit") as step:
            seen = observe(backend, shifted.examples, step)
    record = {
        "date": date.today().isoformat(),
        "machine": cpu.model(),
        "reader": options.reader,
        "engine": f"{backend.flow.engine.name}/{backend.flow.engine.precision}",
        "squad_1.1": _intervals(clean),
        "noisy_1.1": _intervals(noisy),
        "noise_f1_loss": clean.figures["f1"] - noisy.figures["f1"],
        "squad_2.0": {key: value for key, value in half.figures.items() if key != "total"},
        "squad_2.0_best": _best(half),
        "squad_2.0_cross_fitted": {
            **asdict(cross_fit(seen)),
            **dict(zip(("exact", "f1"), map(_interval, cross_score(seen)), strict=True)),
        },
    }
    folder = RESULTS / options.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    plot(half, folder)
    print(json.dumps(record, indent=2))


def _ask(reader: Reader, dataset: Dataset, label: str, **options: Any) -> Report:
    with bar(label) as step:
        return evaluate(reader, dataset, step, **options)


def careless_questions(dataset: Dataset) -> Dataset:
    """Type each question carelessly, always in the same way."""
    random = np.random.default_rng(0)
    return replace(
        dataset,
        examples=tuple(replace(e, question=careless(e.question, random)) for e in dataset.examples),
    )


def _intervals(report: Report) -> dict[str, list[float]]:
    """Return each figure in percent with its interval."""
    return {key: _interval([row[key] for row in report.rows]) for key in ("exact", "f1")}


def _best(report: Report) -> dict[str, list[float]]:
    """Return the same for 2.0, each figure at its best threshold in hindsight."""
    return {
        key: _interval(
            [
                row[key] if row["no_answer"] <= report.figures[f"best_{key}_thresh"] else not row["gold"]
                for row in report.rows
            ]
        )
        for key in ("exact", "f1")
    }


def _interval(values: Sequence[float] | Array) -> list[float]:
    """Return the mean in percent with the 2.5 and 97.5 % quantiles of its bootstrap."""
    random, scores = np.random.default_rng(0), 100 * np.array(values)
    means = [scores[random.integers(len(scores), size=len(scores))].mean() for _ in range(_DRAWS)]
    return [round(float(v), 2) for v in (scores.mean(), *np.quantile(means, (0.025, 0.975)))]


if __name__ == "__main__":
    main()
