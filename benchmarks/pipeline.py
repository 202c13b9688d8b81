"""Time the removed pipeline's face against Reader.ask_many on the same asks, and print the ratio.

    python benchmarks/pipeline.py SQUAD_FILE [--asks N] [--rounds N]

Both stand on one open reader and cut the same windows; runs alternate, so that a drifting machine hurts both
alike. Ratios are medians with their range.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from record import record, spread

from tritonqa import Reader
from tritonqa.datasets import load_squad
from tritonqa.integrations.transformers import Options, QuestionAnsweringPipeline
from tritonqa.reader.load import load_in_process

CALLS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "top_k 5, no answer competes": {"top_k": 5, "handle_impossible_answer": True},
}


def seconds(results: Iterable[object], count: int) -> float:
    """Time a stream of results, from the first ask to the last answer."""
    begun = time.perf_counter()
    assert sum(1 for _ in results) == count
    return time.perf_counter() - begun


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--asks", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    examples = load_squad(options.file).examples
    chosen = examples[:: max(1, len(examples) // options.asks)][: options.asks]
    pairs = [(example.question, example.context) for example in chosen]
    rows = [{"question": question, "context": context} for question, context in pairs]
    backend = load_in_process()
    reader, pipe = Reader(backend), QuestionAnsweringPipeline(backend, Options())
    seconds(reader.ask_many(pairs[:50], no_answer_threshold=1.0), 50)
    ratios: dict[str, list[float]] = {name: [] for name in CALLS}
    for _ in range(options.rounds):
        for name, call in CALLS.items():
            top_k = call.get("top_k", 1)
            ours = seconds(reader.ask_many(pairs, top_k=top_k, no_answer_threshold=1.0), len(pairs))
            face = seconds(pipe((row for row in rows), **call), len(rows))
            ratios[name].append(face / ours)
    values = {
        "engine": f"{backend.flow.engine.name}/{backend.flow.engine.precision}",
        "asks": len(pairs),
        "rounds": options.rounds,
        "pipeline_over_ask_many": {name: spread(found) for name, found in ratios.items()},
    }
    record("pipeline", values)
    reader.close()


if __name__ == "__main__":
    main()
