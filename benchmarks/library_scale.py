"""How a library of many passages answers: retrieval, an ask beside the reader's own time for it, cold start.

    python benchmarks/library_scale.py DATA LIBRARY [--questions 200] [--asks 60] [--starts 3]

DATA holds train/squad-train.jsonl.gz, whose questions are asked; LIBRARY is one that library_index.py made.
It is given random vectors the first time, for only their number and size count here; so what is found is
found by its words.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from cold import starts
from library_corpus import lines
from record import record

from tritonqa import Library, Reader
from tritonqa.library.encoder import find
from tritonqa.library.store.sqlite import SqliteStore

WIDTH, PASSAGES = 384, 10
CLI = "from tritonqa.cli.main import main; main()"


def vectors(folder: Path) -> None:
    """Give random vectors to the passages that have none."""
    draw, encoder = np.random.default_rng(0), find()
    with SqliteStore(folder).write() as writer:
        while rows := writer.without_vector(5_000):
            made = draw.normal(size=(len(rows), WIDTH)).astype(np.float32)
            made /= np.linalg.norm(made, axis=1, keepdims=True)
            writer.add_vectors([row[0] for row in rows], made, encoder.name if encoder else "random")
        writer.optimise()


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long work takes."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def asks(library: Library, reader: Reader, questions: list[str]) -> dict[str, float]:
    """Time asks of the library, and of a reader the same passages, in turns.

    The reader is not the library's own, which keeps tokens: both read the passages for the first time.
    """
    spent: dict[str, list[float]] = {"library": [], "reader": []}
    for number, question in enumerate(questions):
        read = library.prepare(question, PASSAGES)
        timed = {
            "library": milliseconds(partial(library.ask, question, passages=PASSAGES)),
            "reader": milliseconds(partial(reader.ask, read.question, read.passages, **read.options())),
        }
        for name, took in timed.items() if number >= 3 else ():
            spent[name].append(took)
    medians = {name: round(statistics.median(times), 1) for name, times in spent.items()}
    ratios = [a / b for a, b in zip(spent["library"], spent["reader"], strict=True)]
    return {**medians, "ratio": round(statistics.median(ratios), 2)}


def main() -> None:
    """Search, ask, and begin anew."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--asks", type=int, default=60)
    parser.add_argument("--starts", type=int, default=3)
    options = parser.parse_args()
    vectors(options.library)
    rows = lines(options.data / "train" / "squad-train.jsonl.gz")
    questions = [row["question"] for row in random.Random(2).sample(rows, options.questions)]
    cold = [sys.executable, "-c", CLI, "ask", questions[0], "--library", str(options.library)]
    begun = starts(cold, options.starts)
    with Reader() as reader, Reader() as alone, Library(options.library, reader) as library:
        library.search(questions[0])
        searches = [milliseconds(partial(library.search, question)) for question in questions]
        figures = {
            "passages": library.status().passages,
            "search_ms": {f"p{q}": round(float(np.percentile(searches, q)), 2) for q in (50, 95)},
            f"ask_of_{PASSAGES}_passages_ms": asks(library, alone, questions[: options.asks + 3]),
            "cold_start": begun,
        }
    record("library-scale", figures)


if __name__ == "__main__":
    main()
