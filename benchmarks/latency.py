"""Measure one question in a warm reader against the engine's own forward on all cores.

    python benchmarks/latency.py SQUAD_FILE [--asks N]

The reader is asked one question at a time; the engine runs the same windows alone, in turns with it.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from record import record

from tritonqa import Reader
from tritonqa.datasets import load_squad
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--asks", type=int, default=400)
    options = parser.parse_args()
    examples = load_squad(options.file).examples
    chosen = examples[:: max(1, len(examples) // options.asks)][: options.asks]
    asked, ran = [], []
    backend = load_in_process()
    engine = backend.flow.engine
    with Reader(backend) as reader:
        for example in chosen:
            windows = backend.prepare(Ask.of(example.question, example.context)).windows
            for warm in (False, True):  # the first pass compiles what its length needs
                begun = time.perf_counter()
                engine.run(windows, alone=True)
                middle = time.perf_counter()
                reader.ask(example.question, example.context)
                ended = time.perf_counter()
                if warm and len(windows) == 1:
                    ran.append(middle - begun)
                    asked.append(ended - middle)
    ratios = [whole / bare for whole, bare in zip(asked, ran, strict=True)]
    record(
        "latency",
        {
            "engine": f"{engine.name}/{engine.precision}",
            "asks": len(ratios),
            "engine_ms": statistics.median(ran) * 1e3,
            "reader_ms": statistics.median(asked) * 1e3,
            "reader_over_engine": {
                "median": statistics.median(ratios),
                "p90": statistics.quantiles(ratios, n=10)[-1],
            },
        },
    )


if __name__ == "__main__":
    main()
