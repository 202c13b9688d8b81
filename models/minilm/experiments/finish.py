"""Judge a quantisation-aware finish: go on from a checkpoint with the rounding of INT8, and without.

    python -m models.minilm.experiments.finish CHECKPOINT --data DIR [--steps 100]

Each is exported as build.py exports and judged as search.py judges, in fp32 and as INT8. Figures go to
results/NAME/finish.json.
"""

from __future__ import annotations

import json
import tempfile
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from models.minilm.experiments.mix import RESULTS, Mix, mix
from models.minilm.experiments.rounded import with_rounding
from models.minilm.experiments.search import judge
from tritonqa.export import ExportOptions, export
from tritonqa.progress import bar
from tritonqa.reader.load import load_in_process
from tritonqa.train.batches import plan
from tritonqa.train.fit import fit
from tritonqa.train.start import Start

WAYS: dict[str, Callable[[Any], None] | None] = {
    "the checkpoint": None,
    "more steps": lambda model: None,
    "more steps, rounded": with_rounding,
}


def main() -> None:
    """Learn, export, judge, write."""
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--learning-rate", type=float, default=1e-5)
    parser.add_argument("--work", type=Path, default=Path("build/finish"))
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    drawn = mix(options.data)
    steps = replace(drawn.recipe.optimisation, learning_rate=options.learning_rate)
    drawn = replace(drawn, recipe=replace(drawn.recipe, optimisation=steps))
    rows = []
    for name, prepare in WAYS.items():
        start = Start.open(options.checkpoint)
        if prepare is not None:
            prepare(start.model)
            with bar(name) as step:
                learn(start, drawn, options.steps, options.work / name.replace(" ", "-"), step)
        rows.append({"name": name, **judged(start, options.data)})
        print(json.dumps(rows[-1]), flush=True)
    results = RESULTS / options.name
    results.mkdir(parents=True, exist_ok=True)
    found = {"steps": options.steps, "learning rate": options.learning_rate, "ways": rows}
    (results / "finish.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def learn(start: Start, drawn: Mix, steps: int, folder: Path, step: Callable[[int, int], None]) -> None:
    """Train for a number of steps, in place."""
    windows = start.lessons(drawn.examples, drawn.recipe).epoch(0)
    epoch = plan(windows, drawn.recipe.batch_tokens, np.random.default_rng(0))
    recipe = replace(drawn.recipe, epochs=steps / len(epoch))
    model = fit(start, drawn.examples, recipe, folder, lambda _, done, of: step(done, of))
    start.model.load_state_dict(model.state_dict())


def judged(start: Start, data: Path) -> dict[str, dict[str, float]]:
    """Export a model in fp32 and INT8, and judge both."""
    with tempfile.TemporaryDirectory() as stage:
        start.save(start.model, Path(stage) / "checkpoint")
        ranges = data / "train" / "squad-train-part.jsonl.gz"
        options = ExportOptions(("onnx", "onnx-int8"), ranges=ranges)
        bundle = export(Path(stage) / "checkpoint", Path(stage) / "bundle", options)
        return {
            precision: judge(load_in_process(str(bundle.folder), precision=precision), data)
            for precision in ("fp32", "int8")
        }


if __name__ == "__main__":
    main()
