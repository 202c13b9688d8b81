"""Measure a reader on what nobody trains, fits or chooses on, and on what the recipe keeps out.

    python -m models.minilm.recipe.evaluate --data DIR [--reader NAME] [--questions N] [--set SET]… [--name N]

SQuAD's complete dev sets, 1.1 typed carelessly too, those of their articles that 0.4.0 did not learn from
either, SQuADShifts, and of the recipe's own files the articles, pages and contracts that it keeps out
(mixture.py). Figures with their 95 % intervals (bootstrap over questions) and plots go to results/NAME/.
--questions takes that many of each, spread over all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from models.minilm.recipe.mixture import mixture
from tritonqa import Reader
from tritonqa.datasets import Dataset, load_squad
from tritonqa.engine import cpu
from tritonqa.evaluate.plots import plot
from tritonqa.evaluate.run import Report, evaluate
from tritonqa.progress import bar
from tritonqa.reader.find import PACKAGED
from tritonqa.reader.load import load_in_process
from tritonqa.spans import AskOptions, Decoding
from tritonqa.train.noise import careless

RESULTS = Path(__file__).parent / "results"
SHIFTS = "new-wiki", "reddit", "amazon"
SETS = (
    *("squad 2.0", "squad 1.1", "squad 1.1, careless", "squad 2.0, new to 0.4.0", "squad 1.1, new to 0.4.0"),
    *("search questions kept out", "contracts kept out", "articles kept out"),
    *(f"shifts {name}" for name in SHIFTS),
)
_DRAWS = 1000
_HALF = 0.5  # of SQuAD 2.0's questions have an answer
_CLAUSE = 256  # tokens: 99 % of contracts' clauses are shorter, their median is 46


def main() -> None:
    """Ask everything, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reader", default=PACKAGED)
    parser.add_argument("--questions", type=int)
    parser.add_argument(
        "--set", dest="sets", action="append", choices=SETS, help="repeatable; all by default"
    )
    parser.add_argument("--name", default=date.today().isoformat())
    options = parser.parse_args()
    folder = RESULTS / options.name
    folder.mkdir(parents=True, exist_ok=True)
    backend = load_in_process(options.reader)
    engine = f"{backend.flow.engine.name}/{backend.flow.engine.precision}"
    record: dict[str, Any] = {"date": date.today().isoformat(), "machine": cpu.model(), "engine": engine}
    record |= {"reader": options.reader, "questions": options.questions or "all", "sets": {}}
    with Reader(backend) as reader:
        for label, dataset in datasets(options.data, options.sets or SETS):
            longest = _CLAUSE if label.startswith("contracts") else Decoding().max_answer_tokens
            prior = _HALF if label.startswith("squad 2.0") else Decoding().answerable_prior
            asked: AskOptions = {"max_answer_tokens": longest, "answerable_prior": prior}
            report = _ask(reader, part(dataset, options.questions), label, asked)
            record["sets"][label] = {**report.figures, **_intervals(report)}
            print(json.dumps({label: record["sets"][label]}), flush=True)
            (folder / "figures.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
            if label == "squad 2.0":
                plot(report, folder)


def datasets(data: Path, sets: Sequence[str]) -> Iterator[tuple[str, Dataset]]:
    """Give the sets that are named, those that say most first."""
    kept = cache(lambda: mixture(data))
    made: dict[str, Callable[[], Dataset]] = {
        "squad 2.0": lambda: load_squad(data / "squad" / "dev-v2.0.json.gz"),
        "squad 1.1": lambda: load_squad(data / "squad" / "dev-v1.1.json.gz"),
        "squad 1.1, careless": lambda: careless_questions(made["squad 1.1"]()),
        "squad 2.0, new to 0.4.0": lambda: load_squad(data / "squad" / "heldout-v2.0.json.gz"),
        "squad 1.1, new to 0.4.0": lambda: load_squad(data / "squad" / "heldout-v1.1.json.gz"),
        "search questions kept out": lambda: Dataset("1.1", tuple(e for e in kept().search if e.answers)),
        "contracts kept out": lambda: Dataset("2.0", tuple(kept().contracts)),
        "articles kept out": lambda: Dataset("2.0", tuple(kept().squad)),
    }
    for name in SHIFTS:
        file = data / "outofdomain" / f"squadshifts-{name}.jsonl.gz"
        made[f"shifts {name}"] = partial(load_squad, file)
    yield from ((name, made[name]()) for name in SETS if name in sets)


def careless_questions(dataset: Dataset) -> Dataset:
    """Type each question carelessly, always in the same way."""
    random = np.random.default_rng(0)
    return replace(
        dataset,
        examples=tuple(replace(e, question=careless(e.question, random)) for e in dataset.examples),
    )


def part(dataset: Dataset, count: int | None) -> Dataset:
    """Take some questions, spread over all."""
    if count is None or count >= len(dataset.examples):
        return dataset
    return replace(dataset, examples=dataset.examples[:: len(dataset.examples) // count][:count])


def _ask(reader: Reader, dataset: Dataset, label: str, asked: AskOptions) -> Report:
    with bar(label) as step:
        return evaluate(reader, dataset, step, reader.calibration, **asked)


def _intervals(report: Report) -> dict[str, list[float]]:
    """Return the interval of each figure in percent, of 2.0 at the threshold that was used."""
    threshold = report.figures.get("no_answer_threshold", 1.0)
    return {
        f"{key}_interval": _interval(
            [row[key] if row["no_answer"] <= threshold else float(not row["gold"]) for row in report.rows]
        )
        for key in ("exact", "f1")
    }


def _interval(values: Sequence[float]) -> list[float]:
    """Return the 2.5 and 97.5 % quantiles of the mean's bootstrap."""
    random, scores = np.random.default_rng(0), 100 * np.array(values)
    means = [scores[random.integers(len(scores), size=len(scores))].mean() for _ in range(_DRAWS)]
    return [round(float(v), 2) for v in np.quantile(means, (0.025, 0.975))]


if __name__ == "__main__":
    main()
