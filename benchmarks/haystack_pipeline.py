"""Haystack's reader and ours in one pipeline: how often right, how fast, and many pipelines at once.

    python benchmarks/haystack_pipeline.py SQUAD [--asks 600] [--at-once 64]

SQUAD is a file of held-out questions, all of them answered. An ask is a question over ten paragraphs of its
article, its own among them. Both readers take turns ask by ask, in pipelines of nothing but a reader, on the
checkpoint of the packaged reader; each gives its best answer. at_once: pipelines under way together by
run_async, against the reader's own ask_many over the same asks.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from importlib.metadata import entry_points
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Document, Pipeline
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader
from haystack_integrations.components.readers.tritonqa import TritonQAReader
from record import record

from tritonqa import Reader
from tritonqa.datasets.files import read_text
from tritonqa.evaluate.scores import exact, f1

DOCUMENTS = 10


class Asked:
    """A question, its ten documents and its answers."""

    def __init__(self, question: str, documents: list[str], golds: list[str]) -> None:
        """Keep them as Haystack has them."""
        self.question, self.golds, self.texts = question, golds, documents
        self.inputs = {
            "reader": {"query": question, "documents": [Document(content=one) for one in documents]}
        }


def asks(path: Path, count: int) -> list[Asked]:
    """Spread the asks over the articles."""
    found = []
    for article in json.loads(read_text(path))["data"]:
        paragraphs = [paragraph["context"] for paragraph in article["paragraphs"]]
        for at, paragraph in enumerate(article["paragraphs"]):
            others = [text for text in paragraphs if text != paragraph["context"]]
            near = (others[at:] + others[:at])[: DOCUMENTS - 1]
            near.insert(at % DOCUMENTS, paragraph["context"])
            for question in paragraph["qas"]:
                if golds := [answer["text"] for answer in question["answers"]]:
                    found.append(Asked(question["question"], near, golds))
    step = max(len(found) // count, 1)
    return list(islice(found[::step], count))


def pipeline(reader: Any) -> Pipeline:
    """Make a pipeline of a reader."""
    made = Pipeline()
    made.add_component("reader", reader)
    made.warm_up()
    return made


def take_turns(pipelines: dict[str, Pipeline], rows: list[Asked]) -> dict[str, Any]:
    """Ask both, the other one first each time."""
    seconds = dict.fromkeys(pipelines, 0.0)
    right: dict[str, list[tuple[float, float]]] = {name: [] for name in pipelines}
    for turn, row in enumerate(rows):
        for name in sorted(pipelines, reverse=bool(turn % 2)):
            begun = time.perf_counter()
            answer = pipelines[name].run(row.inputs)["reader"]["answers"][0].data
            seconds[name] += time.perf_counter() - begun
            right[name].append(
                (max(exact(gold, answer) for gold in row.golds), max(f1(gold, answer) for gold in row.golds))
            )
    return {
        name: {
            "exact_match": round(100 * mean(one for one, _ in right[name]), 2),
            "f1": round(100 * mean(other for _, other in right[name]), 2),
            "asks_a_second": round(len(rows) / seconds[name], 3),
        }
        for name in pipelines
    }


def together(rows: list[Asked], at_once: int) -> dict[str, float]:
    """Run pipelines at once, and the reader alone, twice each in turn; return asks a second."""
    ours = TritonQAReader(top_k=1, no_answer=False)
    shared, reader = pipeline(ours), Reader()

    async def all_at_once() -> None:
        for at in range(0, len(rows), at_once):
            await asyncio.gather(*(shared.run_async(row.inputs) for row in rows[at : at + at_once]))

    def alone() -> None:
        for _ in reader.ask_many(((row.question, row.texts) for row in rows), no_answer_threshold=1.0):
            pass

    best = {"pipelines": 0.0, "reader": 0.0}
    for _ in range(2):
        for name, run in (("reader", alone), ("pipelines", lambda: asyncio.run(all_at_once()))):
            begun = time.perf_counter()
            run()
            best[name] = max(best[name], len(rows) / (time.perf_counter() - begun))
    reader.close()
    ours.close()
    return {**best, "kept": best["pipelines"] / best["reader"]}


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("squad", type=Path)
    parser.add_argument("--asks", type=int, default=600)
    parser.add_argument("--at-once", type=int, default=64)
    options = parser.parse_args()
    rows = asks(options.squad, options.asks)
    [point] = entry_points(group="tritonqa.checkpoints", name="tritonqa-minilm")
    pipelines = {
        "theirs": pipeline(TransformersExtractiveReader(model=str(point.load()()), top_k=1, no_answer=False)),
        "ours": pipeline(TritonQAReader(top_k=1, no_answer=False)),
    }
    figures: dict[str, Any] = {"asks": len(rows), "documents": DOCUMENTS, **take_turns(pipelines, rows)}
    figures["ratio"] = figures["ours"]["asks_a_second"] / figures["theirs"]["asks_a_second"]
    for one in pipelines.values():
        one.close()
    figures["at_once"] = together(rows[: 2 * options.at_once], options.at_once)
    record("haystack-pipeline", figures)


if __name__ == "__main__":
    main()
