"""Fit how much words and vectors count, and what a library's judge weighs, on articles used for nothing else.

    python benchmarks/library_fit.py DATA LIBRARY [--questions 125] [--write]

The articles of DATA's train/squad-train.jsonl.gz are those that the packaged reader's recipe keeps out
(models/minilm/recipe). Each question is asked with all articles and without its own. Prints recall by weight,
and figures that each fifth of the questions got from the others; --write puts the models into the package.
LIBRARY is a folder that is filled once and kept. Run it from the tree's root with PYTHONPATH=.

What is compared are answers to one question, so how much their passages count beside what the reader says of
them is fitted within questions (a conditional logit); how likely the best is right, over all.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from library_corpus import fill

import tritonqa.library.answer
from models.minilm.recipe.mixture import mixture
from tritonqa import Reader
from tritonqa.evaluate import exact
from tritonqa.evaluate.retrieval import retrieval_figures
from tritonqa.library.answer.judge import FITTED, Candidate, features
from tritonqa.library.encoder import find
from tritonqa.library.retrieve import retrieve
from tritonqa.library.retrieve.weights import Weights
from tritonqa.library.store import EVERYTHING, Scope, View

RIGHT = ("answerable", "share")
PLACE = ("lexical", "near")  # of a passage, beside an answer's share
ANSWERED = {
    "hybrid": ("answerable", "lexical", "near", "dense"),
    "lexical": ("answerable", "lexical", "near"),
}
PASSAGES, FOLDS, RIDGE = 10, 5, 0.0002
STEPS, RATE, DECAY = 1_200, 0.3, 0.002  # of the ascent within questions

Row = dict[str, Any]


def draw(data: Path) -> tuple[list[tuple[str, str, str]], list[Row]]:
    """Return passages (id, title, text) and shuffled questions, each with its passage's id."""
    by_title: dict[str, dict[str, list[Row]]] = {}
    for one in mixture(data).squad:
        answers = [{"text": text} for text in one.answers]
        row = {"question": one.question, "answers": answers}
        by_title.setdefault(one.title, {}).setdefault(one.context, []).append(row)
    passages, questions = [], []
    for number, (title, by_text) in enumerate(sorted(by_title.items())):
        for i, (text, rows) in enumerate(by_text.items()):
            passages.append((f"{number}-{i}", title.replace("_", " "), text))
            questions += [{**row, "passage": f"{number}-{i}"} for row in rows if row["answers"]]
    random.Random(6).shuffle(questions)
    return passages, questions


def observe(
    view: View, reader: Reader, row: Row, gone: bool, passages: int
) -> Iterator[tuple[dict[str, float], float]]:
    """Give the features of each answer, and whether it is right."""
    found = retrieve(view, row["question"], find(), passages)
    stored = view.passages([one.id for one in found])
    read = reader.ask(
        row["question"], [one.text for one in stored], top_k=2 * passages, no_answer_threshold=1.0
    )
    for answer in read:
        i = answer.passage
        one = Candidate(answer.text, answer.start, answer.end, answer.score, i, found[i], stored[i])
        right = max(exact(gold["text"], answer.text) for gold in row["answers"])
        yield features(one, read.no_answer), 0.0 if gone else right


def logistic(rows: list[dict[str, float]], names: tuple[str, ...], came: np.ndarray) -> dict[str, float]:
    """Fit by Newton's method, with a little ridge."""
    x = np.array([[row[name] for name in names] + [1.0] for row in rows])
    weights, ridge = np.zeros(x.shape[1]), RIDGE * len(x) * np.diag([1.0] * len(names) + [0.0])
    for _ in range(60):
        chance = 1 / (1 + np.exp(-x @ weights))
        curve = x.T @ (x * (chance * (1 - chance))[:, None]) + ridge + 1e-9 * np.eye(len(weights))
        weights = weights + np.linalg.solve(curve, x.T @ (came - chance) - ridge @ weights)
    return dict(zip((*names, "bias"), weights.round(4).tolist(), strict=True))


def within(groups: list[list[tuple[dict[str, float], float]]]) -> dict[str, float]:
    """Return how much what is known of a passage counts beside the log odds of an answer's share.

    By gradient ascent on the chance that a softmax over each question's answers gives to right ones.
    """
    known = [group for group in groups if any(came for _, came in group)]
    weights = np.array([1.0, *(0.0 for _ in PLACE)])
    for _ in range(STEPS):
        step = -DECAY * weights
        for group in known:
            x = np.array([[row[name] for name in ("share", *PLACE)] for row, _ in group])
            chance = np.exp(x @ weights - (x @ weights).max())
            right = chance * np.array([came for _, came in group])
            step = step + (right / right.sum() - chance / chance.sum()) @ x / len(known)
        weights = weights + RATE * step
    return dict(zip(PLACE, (weights[1:] / weights[0]).tolist(), strict=True))


def value(model: dict[str, float], row: dict[str, float]) -> float:
    """Return the log odds that a model gives."""
    return model["bias"] + sum(weight * row[name] for name, weight in model.items() if name != "bias")


def weigh(view: View, questions: list[Row]) -> None:
    """Print recall by the weight of vectors, and of words that stand near each other."""
    dense = [Weights(1.0, weight, 0.0) for weight in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)]
    for weights in dense + [Weights(near=weight) for weight in (0.1, 0.2, 0.3, 0.4, 0.5)]:
        rankings = []
        for row in questions:
            found = retrieve(view, row["question"], find(), 100, weights)
            rankings.append([one.files[0].path.stem for one in view.passages([f.id for f in found])])
        print(weights, retrieval_figures(rankings, [{row["passage"]} for row in questions]))


def main() -> None:
    """Weigh, observe, fit, and say how well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--questions", type=int, default=125)
    parser.add_argument("--passages", type=int, default=PASSAGES, help="Read for each question.")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    passages, questions = draw(options.data)
    store = fill(options.library, passages)
    with store.read(EVERYTHING) as view:
        weigh(view, questions[:600])
    seen: list[tuple[int, bool, list[tuple[dict[str, float], float]]]] = []
    with Reader() as reader:
        for number, row in enumerate(questions[: options.questions]):
            article = row["passage"].split("-")[0]
            others = tuple({f"{name.split('-')[0]}-*" for name, _, _ in passages} - {f"{article}-*"})
            for gone, scope in ((False, EVERYTHING), (True, Scope(others))):
                with store.read(scope) as view:
                    seen.append((number, gone, list(observe(view, reader, row, gone, options.passages))))
    models = {kind: fit(seen, names) for kind, names in ANSWERED.items()}
    print(json.dumps(models, indent=2))
    if options.write:
        file = Path(tritonqa.library.answer.__file__).parent / FITTED
        file.write_text(json.dumps(models, indent=2) + "\n", encoding="utf-8")


def fit(
    seen: list[tuple[int, bool, list[tuple[dict[str, float], float]]]], names: tuple[str, ...]
) -> dict[str, Any]:
    """Fit both models on all questions; print what each fifth got from the others."""
    odds, there, right = [], [], []
    for fold in range(FOLDS):
        model = _models([one for one in seen if one[0] % FOLDS != fold], names)
        for _, gone, rows in (one for one in seen if one[0] % FOLDS == fold):
            best = max(rows, key=lambda row: value(model["right"], row[0]))
            odds.append(value(model["answered"], best[0]))
            there.append(not gone)
            if not gone:
                right.append(best[1])
    known, score = np.array(there), np.array(odds)
    refused = float((score[~known] < np.quantile(score[known], 0.1)).mean())
    print(names, {"exact": float(np.mean(right)), "refused at 10% false refusals": refused})
    return _models(seen, names)


def _models(
    seen: list[tuple[int, bool, list[tuple[dict[str, float], float]]]], names: tuple[str, ...]
) -> dict[str, Any]:
    present = [rows for _, gone, rows in seen if not gone]
    ratios = within(present)
    answers = [row for rows in present for row in rows]
    mixed = [
        {**row, "share": row["share"] + sum(ratio * row[name] for name, ratio in ratios.items())}
        for row, _ in answers
    ]
    right = logistic(mixed, RIGHT, np.array([came for _, came in answers]))
    right |= {name: round(ratio * right["share"], 4) for name, ratio in ratios.items()}
    best = [max(rows, key=lambda row: value(right, row[0]))[0] for _, _, rows in seen]
    answered = logistic(best, names, np.array([float(not gone) for _, gone, _ in seen]))
    return {"right": right, "answered": answered}


if __name__ == "__main__":
    main()
