"""Measure each engine and precision of some bundles of one reader: F1 beside the CPU time and rate of an ask.

    OPENBLAS_NUM_THREADS=1 python benchmarks/formats.py SQUAD_FILE BUNDLE… [--asks N] [--chunk N]

`tritonqa export CHECKPOINT -o BUNDLE` makes an fp32 bundle; tritonqa-minilm is the packaged one. All in turn,
chunk by chunk, with the matrix product (GEMM) timed in the same turns: an ask's useful work over that
peak means the same on every machine. Where other work takes the cores, CPU time is the figure to read, and
the product's threads must not spin while they wait for one: hence one thread.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from record import record
from rich.progress import track
from throughput import KFLOP_A_PAIR, MFLOP_A_TOKEN

from tritonqa import Reader
from tritonqa.datasets import Dataset, load_squad
from tritonqa.engine import cpu
from tritonqa.evaluate import score
from tritonqa.reader.choose import available
from tritonqa.reader.find import find_bundle
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask


@dataclass
class Choice:
    """A bundle run in one way, and what it took and answered."""

    bundle: str
    engine: str
    precision: str
    file_mb: float
    seconds: float = 0.0
    cpu: float = 0.0
    texts: dict[str, str] = field(default_factory=dict)


def gemm(size: int = 1024, times: int = 4) -> tuple[float, float]:
    """Return fp32 operations of a matrix product, and the CPU-seconds that they took."""
    square = np.random.default_rng(0).random((size, size), np.float32)
    square @ square
    used = time.process_time()
    for _ in range(times):
        square @ square
    return times * 2 * size**3, time.process_time() - used


def flops(dataset: Dataset) -> float:
    """Count the useful operations of all asks, by the lengths of their windows."""
    with Reader(backend := load_in_process()):
        windows = [
            w for e in dataset.examples for w in backend.prepare(Ask.of(e.question, e.context)).windows
        ]
    lengths = np.array([len(window) for window in windows], np.float64)
    return float((lengths * MFLOP_A_TOKEN * 1e6 + lengths**2 * KFLOP_A_PAIR * 1e3).sum())


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("bundles", nargs="+")
    parser.add_argument("--asks", type=int, default=600)
    parser.add_argument("--chunk", type=int, default=60)
    parser.add_argument("--engine", help="this one only")
    parser.add_argument("--name", default="formats")
    options = parser.parse_args()
    dataset = load_squad(options.file)
    step = max(1, len(dataset.examples) // options.asks)
    part = Dataset(dataset.version, dataset.examples[::step][: options.asks])
    choices = [
        Choice(name, choice.engine, choice.precision, round(choice.file.stat().st_size / 1e6, 1))
        for name in options.bundles
        for choice in available(find_bundle(name))
        if options.engine in (None, choice.engine)
    ]
    readers = [Reader.load(c.bundle, engine=c.engine, precision=c.precision) for c in choices]
    work, took, load = 0.0, 0.0, os.getloadavg()[0]
    for reader in readers:
        list(reader.ask_many([(e.question, e.context) for e in part.examples[:12]]))
    for at in track(range(0, len(part.examples), options.chunk), "chunks"):
        chunk = part.examples[at : at + options.chunk]
        done, spent = gemm()
        work, took = work + done, took + spent
        for choice, reader in zip(choices, readers, strict=True):
            begun, used = time.perf_counter(), time.process_time()
            found = list(reader.ask_many([(e.question, e.context) for e in chunk], no_answer_threshold=1.0))
            choice.seconds += time.perf_counter() - begun
            choice.cpu += time.process_time() - used
            choice.texts |= {e.id: a[0].text for e, a in zip(chunk, found, strict=True)}
    count, useful = len(part.examples), flops(part)
    rows = [
        {
            "bundle": Path(choice.bundle).name,
            "choice": f"{choice.engine}/{choice.precision}",
            "file_mb": choice.file_mb,
            "asks_per_second": count / choice.seconds,
            "cpu_ms_per_ask": 1e3 * choice.cpu / count,
            "useful_work_over_gemm_peak": (useful / choice.cpu) / (work / took),
            **score(part, choice.texts),
        }
        for choice in choices
    ]
    peak = {"fp32_gemm_gflops_a_core": work / took / 1e9, "cores": cpu.cores(), "load_before": load}
    record(options.name, {"asks": count, **peak, "load_after": os.getloadavg()[0], "choices": rows})


if __name__ == "__main__":
    main()
