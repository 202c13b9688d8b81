"""Fit how much words and vectors count, and what a library's judge weighs, on articles used for nothing else.

    python benchmarks/library_fit.py DATA LIBRARY [--questions 125] [--reader BUNDLE] [--write | --own]

The articles of DATA's train/squad-train.jsonl.gz are those that the packaged reader's recipe keeps out
(models/minilm/recipe). Each question is asked with all articles and without its own. Prints recall by weight,
and figures that each fifth of the questions got from the others; --write puts the models into the package,
--own fits LIBRARY's own judge instead, as `tritonqa library fit` does.
LIBRARY is a folder that is filled once and kept. Run it from the tree's root with PYTHONPATH=.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from library_corpus import fill

import tritonqa.library.answer
from models.minilm.recipe.mixture import mixture
from tritonqa import Library, Reader
from tritonqa.datasets import Example
from tritonqa.evaluate import exact
from tritonqa.evaluate.retrieval import retrieval_figures
from tritonqa.library.answer.judge import FITTED, Candidate, Model, features
from tritonqa.library.answer.learn import Observed, crossed, learn
from tritonqa.library.encoder import find
from tritonqa.library.fit import figures
from tritonqa.library.retrieve import retrieve
from tritonqa.library.retrieve.weights import Weights
from tritonqa.library.store import EVERYTHING, Scope, View
from tritonqa.progress import bar
from tritonqa.reader.find import PACKAGED

PLACE = ("lexical", "near")  # of a passage, beside an answer's share
ANSWERED = {
    "hybrid": ("answerable", "lexical", "near", "dense"),
    "lexical": ("answerable", "lexical", "near"),
}
PASSAGES, RIDGE = 10, 0.2

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
) -> Iterator[tuple[dict[str, float], bool]]:
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
        yield features(one, read.no_answer), not gone and right > 0


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
    parser.add_argument("--reader", default=PACKAGED)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--own", action="store_true")
    options = parser.parse_args()
    passages, questions = draw(options.data)
    store = fill(options.library, passages)
    if options.own:
        fit_own(options.library, options.reader, questions[: options.questions])
        return
    with store.read(EVERYTHING) as view:
        weigh(view, questions[:600])
    seen: list[Observed] = []
    with Reader.load(options.reader) as reader:
        for number, row in enumerate(questions[: options.questions]):
            article = row["passage"].split("-")[0]
            others = tuple({f"{name.split('-')[0]}-*" for name, _, _ in passages} - {f"{article}-*"})
            for gone, scope in ((False, EVERYTHING), (True, Scope(others))):
                with store.read(scope) as view:
                    rows = list(observe(view, reader, row, gone, options.passages))
                    seen.append(Observed(number, gone, rows))
    models = {kind: asdict(fit(seen, names)) for kind, names in ANSWERED.items()}
    print(json.dumps(models, indent=2))
    if options.write:
        file = Path(tritonqa.library.answer.__file__).parent / FITTED
        file.write_text(json.dumps(models, indent=2) + "\n", encoding="utf-8")


def fit_own(library: Path, bundle: str, questions: list[Row]) -> None:
    """Fit a library's own judge; print what that changes."""
    examples = [
        Example(str(i), "", row["question"], "", tuple(answer["text"] for answer in row["answers"]))
        for i, row in enumerate(questions)
    ]
    with Reader.load(bundle) as reader, Library(library, reader) as opened, bar("questions") as step:
        print(json.dumps(opened.fit(examples, step=step).to_dict(), indent=2))


def fit(seen: list[Observed], names: tuple[str, ...]) -> Model:
    """Fit both models on all questions; print what each fifth got from the others."""
    right = {"answerable": 0.0, "share": 1.0, "bias": 0.0} | dict.fromkeys(PLACE, 0.0)
    before = Model(right, dict.fromkeys((*names, "bias"), 0.0))
    fresh = partial(learn, before=before, ridge=RIDGE)
    print(names, figures(crossed(seen, fresh)))
    return fresh(seen)


if __name__ == "__main__":
    main()
