"""Try changes to the recipe, each for the same number of steps from the same start.

    python -m models.minilm.experiments.search START --data DIR [--steps 200]

search.toml names them. They are judged, in fp32, by every second held-out article, so that what is kept can
be judged by the others. Figures go to results/NAME/search.json; interrupted, the same command goes on.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from models.minilm.experiments.ensemble import ensemble_of
from models.minilm.experiments.mix import HERE, RESULTS, mix
from models.minilm.experiments.null_head import with_null_head
from models.minilm.experiments.retrieved import retrieved
from models.minilm.experiments.swapped import swapped
from models.minilm.recipe.evaluate import careless_questions
from models.minilm.recipe.objectives import OBJECTIVES, taught
from tritonqa import Reader
from tritonqa.datasets import Dataset, Example, load_squad
from tritonqa.evaluate.run import evaluate
from tritonqa.export.model import Logits
from tritonqa.progress import bar
from tritonqa.reader.in_process import InProcess
from tritonqa.train import Recipe
from tritonqa.train.batches import plan
from tritonqa.train.calibrate import Observed, cross_fit, observe
from tritonqa.train.fit import fit
from tritonqa.train.start import Start


@dataclass(frozen=True)
class Experiment:
    """A recipe with one thing changed: its examples, its loss by name and weight.

    first: what is learnt from in the first half of the steps, where given; steps: not all of them, where
    given; null_head: a head of its own for the null; teachers: runs of recipe.toml.
    """

    name: str
    recipe: Recipe
    examples: list[Example]
    objective: tuple[str, float]
    first: list[Example]
    steps: int | None
    null_head: bool
    teachers: list[str]


def main() -> None:
    """Try each, judge, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("start", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--only", default="", help="names with this text in them")
    parser.add_argument("--work", type=Path, default=Path("build/search"))
    parser.add_argument(
        "--runs", type=Path, default=Path("build/checkpoint.training"), help="where train.py's runs are"
    )
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    folder = RESULTS / options.name
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for record in tomllib.loads((HERE / "search.toml").read_text(encoding="utf-8"))["experiment"]:
        work = options.work / record["name"].replace(" ", "-").replace("/", "-")
        figures = work / "figures.json"
        if options.only in record["name"] and not figures.exists():
            work.mkdir(parents=True, exist_ok=True)
            tried = experiment(record, options.data)
            learnt, backend = learn(options.start, tried, options.steps, work, options.runs)
            figures.write_text(json.dumps({**learnt, **judge(backend, options.data)}), encoding="utf-8")
        if figures.exists():
            rows.append({"name": record["name"], **json.loads(figures.read_text(encoding="utf-8"))})
            print(json.dumps(rows[-1]), flush=True)
    found = {"start": options.start.name, "steps": options.steps, "experiments": rows}
    (folder / "search.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def experiment(record: dict[str, Any], data: Path) -> Experiment:
    """Change the recipe as an entry of search.toml says."""
    drawn = mix(data, HERE / "search.toml", record.get("shares", {}))
    recipe = replace(
        drawn.recipe,
        augmentation=replace(drawn.recipe.augmentation, **record.get("augmentation", {})),
        optimisation=replace(drawn.recipe.optimisation, **record.get("optimisation", {})),
    )
    random = np.random.default_rng(recipe.seed)
    others = (
        *swapped(drawn.examples, record.get("swapped", 0.0), random),
        *retrieved(drawn.examples, record.get("retrieved", 0.0), random),
    )
    name, weight = record.get("objective", drawn.objective)
    return Experiment(
        record["name"],
        recipe,
        [*drawn.examples, *others],
        (name, weight),
        mix(data, HERE / "search.toml", record["first"]).examples if "first" in record else [],
        record.get("steps"),
        record.get("null_head", False),
        record.get("teachers", []),
    )


def learn(
    source: Path, tried: Experiment, steps: int, folder: Path, runs: Path
) -> tuple[dict[str, float], InProcess]:
    """Train for a number of steps; return how long it took, and a reader on what was learnt.

    Where there are teachers and no steps, the reader is the teachers.
    """
    start = Start.open(source)
    steps = steps if tried.steps is None else tried.steps
    if tried.null_head:
        with_null_head(start.model)
    name, weight = tried.objective
    teachers = ensemble_of(start.model, [runs / teacher for teacher in tried.teachers])
    objective = taught(weight, teachers) if name == "taught" else OBJECTIVES[name](weight)
    stages = [examples for examples in (tried.first, tried.examples) if examples and steps]
    begun = monotonic()
    for number, examples in enumerate(stages):
        epoch = plan(
            start.lessons(examples, tried.recipe).epoch(0),
            tried.recipe.batch_tokens,
            np.random.default_rng(0),
        )
        recipe = replace(tried.recipe, epochs=steps / len(stages) / len(epoch))
        with bar(tried.name) as step:
            report = lambda _, done, of: step(done, of)  # noqa: E731
            model = fit(start, examples, recipe, folder / f"training-{number}", report, objective)
        start.model.eval().load_state_dict(model.state_dict())
    questions = sum(map(len, stages))
    if tried.teachers and not stages:
        start = replace(start, loaded=replace(start.loaded, module=Logits(teachers)))
    return {"seconds": round(monotonic() - begun), "questions": questions}, start.in_process()


def judge(backend: InProcess, data: Path) -> dict[str, float]:
    """Ask of every second article, with care and carelessly; 2.0 by thresholds that other articles gave."""
    squad, shifted = (half(load_squad(data / "squad" / f"heldout-v{v}.json.gz")) for v in ("1.1", "2.0"))
    with Reader(backend) as reader:
        with bar("held-out 1.1") as step:
            clean = evaluate(reader, squad, step).figures
        with bar("careless") as step:
            noisy = evaluate(reader, careless_questions(squad), step).figures
        with bar("held-out 2.0") as step:
            seen = observe(backend, shifted.examples, step)
    return {
        "1.1 EM": round(clean["exact_match"], 2),
        "1.1 F1": round(clean["f1"], 2),
        "noisy F1": round(noisy["f1"], 2),
        "2.0 F1": round(cross_fit(seen).f1, 2),
        "2.0 AUROC": round(area(seen), 4),
    }


def half(dataset: Dataset) -> Dataset:
    """Keep every second article."""
    titles = set(sorted({example.title for example in dataset.examples})[::2])
    return replace(dataset, examples=tuple(e for e in dataset.examples if e.title in titles))


def area(seen: Observed) -> float:
    """Return how often an answerable question's margin is above another's (Mann and Whitney's U)."""
    ranks = np.argsort(np.argsort(seen.margin)) + 1
    above, below = seen.answerable.sum(), (~seen.answerable).sum()
    return float((ranks[seen.answerable].sum() - above * (above + 1) / 2) / (above * below))


if __name__ == "__main__":
    main()
