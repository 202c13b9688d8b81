"""Recall of a library's members and of both together.

    python benchmarks/library_recall.py DATA LIBRARY [--questions 500]

Over opendomain's passages and the first questions of each source. LIBRARY is a folder that is filled once and
kept.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from library_corpus import fill, opendomain
from record import record

from tritonqa.evaluate.retrieval import retrieval_figures
from tritonqa.library.encoder import Encoder, find
from tritonqa.library.retrieve import retrieve
from tritonqa.library.retrieve.weights import WEIGHTS, Weights
from tritonqa.library.store import EVERYTHING
from tritonqa.library.store.sqlite import SqliteStore

MEMBERS = {
    "words": Weights(1.0, 0.0, 0.0),
    "vectors": Weights(0.0, 1.0, 0.0),
    "both": Weights(near=0.0),
    "both, and near": WEIGHTS,
}


def rankings(store: SqliteStore, questions: list[str], encoder: Encoder | None) -> dict[str, list[list[str]]]:
    """Return each member's ranking of each question, as names of passages."""
    found: dict[str, list[list[str]]] = {name: [] for name in MEMBERS}
    with store.read(EVERYTHING) as view:
        for question in questions:
            for name, weights in MEMBERS.items():
                retrieved = retrieve(view, question, None if name == "words" else encoder, 100, weights)
                stored = view.passages([one.id for one in retrieved])
                found[name].append([one.files[0].path.stem for one in stored])
    return found


def main() -> None:
    """Fill the library and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--questions", type=int, default=500)
    options = parser.parse_args()
    passages, questions = opendomain(options.data, options.questions)
    store, encoder = fill(options.library, passages), find()
    figures: dict[str, object] = {"passages": len(passages)}
    for source, rows in questions.items():
        members = rankings(store, [row["question"] for row in rows], encoder)
        relevant = [{row["passage"]} for row in rows]
        figures[source] = {name: retrieval_figures(found, relevant) for name, found in members.items()}
    record("library-recall", figures)


if __name__ == "__main__":
    main()
