"""Learn from growing shares of the data: what more of it would give.

    python -m models.minilm.experiments.curve ENCODER --data DIR [--shares 0.0625,0.125,…] [--epochs 2]

ENCODER is a checkpoint without a head (all-MiniLM-L6-v2), so that nothing was learnt before; the data are
those of search.toml. Each run is judged on all that is held out. Figures go to results/NAME/curve.json and
curve.png, with the number of questions that the goals would need if what is missed went on falling as a
power of it (Hestness et al. 2017). Interrupted, the same command goes on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from models.minilm.experiments.mix import HERE, RESULTS, mix
from tritonqa import Reader
from tritonqa.datasets import Example, load_squad
from tritonqa.evaluate.run import evaluate
from tritonqa.export import ExportOptions, export
from tritonqa.progress import bar
from tritonqa.reader.load import load_in_process
from tritonqa.train import Recipe
from tritonqa.train.calibrate import cross_fit, observe
from tritonqa.train.fit import fit
from tritonqa.train.start import Start

TARGETS = {"1.1 F1": 81.0, "2.0 F1": 70.0}


def main() -> None:
    """Train, judge, draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--shares", default="0.0625,0.125,0.25,0.5")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--work", type=Path, default=Path("build/curve"))
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    drawn = mix(options.data, HERE / "search.toml")
    steps = replace(drawn.recipe.optimisation, learning_rate=options.learning_rate)
    recipe = replace(drawn.recipe, epochs=options.epochs, optimisation=steps)
    rows = []
    for share in map(float, options.shares.split(",")):
        examples = part(drawn.examples, share)
        work = options.work / str(share)
        figures = work / "figures.json"
        if not figures.exists():
            found = judge(learn(options.encoder, examples, recipe, work), options.data)
            figures.write_text(json.dumps({"questions": len(examples), **found}), encoding="utf-8")
        rows.append(json.loads(figures.read_text(encoding="utf-8")))
        print(json.dumps(rows[-1]), flush=True)
    folder = RESULTS / options.name
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "epochs": options.epochs,
        "learning_rate": options.learning_rate,
        "runs": rows,
        "needed": {name: needed(rows, name, goal) for name, goal in TARGETS.items()},
    }
    (folder / "curve.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    draw(rows, folder / "curve.png")


def part(examples: Sequence[Example], share: float) -> list[Example]:
    """Take a share of the passages, the smaller share within the larger, with all their questions."""
    passages = list(dict.fromkeys(example.context for example in examples))
    order = np.random.default_rng(0).permutation(len(passages))
    taken = {passages[i] for i in order[: round(share * len(passages))]}
    return [example for example in examples if example.context in taken]


def learn(encoder: Path, examples: Sequence[Example], recipe: Recipe, folder: Path) -> Path:
    """Train an encoder and export it; a bundle that is there already is kept."""
    bundle = folder / "bundle"
    if not bundle.exists():
        start = Start.open(encoder, new_head=True)
        with bar(f"{len(examples)} questions") as step:
            model = fit(start, examples, recipe, folder / "training", lambda _, done, of: step(done, of))
        start.save(model, folder / "checkpoint")
        export(folder / "checkpoint", bundle, ExportOptions(("onnx",)))
    return bundle


def judge(bundle: Path, data: Path) -> dict[str, float]:
    """Ask all that is held out; 2.0 by thresholds that other articles gave."""
    backend = load_in_process(str(bundle))
    squad, shifted = (load_squad(data / "squad" / f"heldout-v{v}.json.gz") for v in ("1.1", "2.0"))
    with Reader(backend) as reader:
        with bar("held-out 1.1") as step:
            figures = evaluate(reader, squad, step).figures
        with bar("held-out 2.0") as step:
            crossed = cross_fit(observe(backend, shifted.examples, step))
    return {"1.1 EM": figures["exact_match"], "1.1 F1": figures["f1"], "2.0 F1": crossed.f1}


def needed(rows: Sequence[dict[str, float]], name: str, goal: float) -> int | None:
    """Say how many questions a goal would need by a power law through the last two runs; None where none."""
    if len(rows) < 2:
        return None
    (few, missed), (many, left) = ((row["questions"], 100 - row[name]) for row in rows[-2:])
    slope = np.log(left / missed) / np.log(many / few)
    return round(many * ((100 - goal) / left) ** (1 / slope)) if slope < 0 else None


def draw(rows: Sequence[dict[str, float]], file: Path) -> None:
    """Draw each figure by the number of questions, its goal dashed."""
    figure = Figure(figsize=(6.5, 4), layout="constrained")
    axes = figure.subplots()
    for name, goal in TARGETS.items():
        (shown,) = axes.plot(
            [row["questions"] for row in rows], [row[name] for row in rows], marker="o", label=name
        )
        axes.axhline(goal, color=shown.get_color(), linestyle="--", linewidth=0.8)
    axes.set_xscale("log", base=2)
    axes.set(xlabel="questions learnt from", ylabel="held-out F1 (dashed: the goal)")
    axes.legend()
    figure.savefig(file, dpi=150)


if __name__ == "__main__":
    main()
