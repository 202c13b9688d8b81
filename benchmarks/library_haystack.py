"""A library beside Haystack's BM25 and reader: the same passages, checkpoint and questions, in turns.

    python benchmarks/library_haystack.py DATA LIBRARY [--questions 100] [--passages 10]

Over opendomain's passages and the first questions of each source. LIBRARY, a folder that is filled once and
kept, searches words and vectors and judges what was read, as it comes; theirs searches words in memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Document, Pipeline
from haystack.components.retrievers import InMemoryBM25Retriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader
from library_corpus import fill, opendomain
from record import record, spread

from tritonqa import Library, Reader
from tritonqa.evaluate import exact
from tritonqa.progress import bar

Ask = Callable[[str], str]


def haystack(texts: list[str], passages: int) -> Ask:
    """Fill a store in memory, and return what asks it."""
    store = InMemoryDocumentStore()
    store.write_documents([Document(content=text) for text in texts])
    [point] = entry_points(group="tritonqa.checkpoints", name="tritonqa-minilm")
    pipeline = Pipeline()
    pipeline.add_component("retriever", InMemoryBM25Retriever(store, top_k=passages))
    reader = TransformersExtractiveReader(model=str(point.load()()), top_k=1, no_answer=False)
    pipeline.add_component("reader", reader)
    pipeline.connect("retriever", "reader")

    def ask(question: str) -> str:
        found = pipeline.run({"retriever": {"query": question}, "reader": {"query": question}})
        return str(found["reader"]["answers"][0].data)

    return ask


def main() -> None:
    """Ask both, the other one first each time."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("library", type=Path)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--passages", type=int, default=10)
    options = parser.parse_args()
    passages, questions = opendomain(options.data, options.questions)
    fill(options.library, passages)
    theirs = haystack([text for _, _, text in passages], options.passages)
    figures: dict[str, Any] = {"passages": len(passages), "read": options.passages}
    with Reader() as reader, Library(options.library, reader) as library, bar("questions") as step:

        def ours(question: str) -> str:
            answers = library.ask(question, passages=options.passages, no_answer_threshold=1.0)
            return answers[0].text if answers else ""

        asked: dict[str, Ask] = {"haystack": theirs, "library": ours}
        for source, rows in questions.items():
            seconds: dict[str, list[float]] = {name: [] for name in asked}
            right = dict.fromkeys(asked, 0.0)
            for name in asked:
                asked[name](rows[0]["question"])
            for turn, row in enumerate(rows):
                for name in sorted(asked, reverse=bool(turn % 2)):
                    begun = time.perf_counter()
                    text = asked[name](row["question"])
                    seconds[name].append(time.perf_counter() - begun)
                    right[name] += max(exact(gold, text) for gold in row["answers"])
                step(turn + 1, len(rows))
            ratios = [a / b for a, b in zip(seconds["haystack"], seconds["library"], strict=True)]
            figures[source] = {
                "exact": {name: 100 * count / len(rows) for name, count in right.items()},
                "milliseconds": {
                    name: round(1000 * statistics.median(took), 1) for name, took in seconds.items()
                },
                "times": spread(ratios),
            }
    record("library-haystack", figures)


if __name__ == "__main__":
    main()
