"""Measure the reader against its engine, the machine's limit and, if asked, transformers' pipeline.

    python benchmarks/throughput.py SQUAD_FILE [--asks N] [--peer PYTHON --checkpoint DIR]

PYTHON is an interpreter with transformers==4.57.6 and torch==2.13.0 of its own; peer.py runs in it.
Runs alternate, so that a drifting machine hurts both alike; ratios are medians with their range.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np

from tritonqa import Reader
from tritonqa.engine import cpu
from tritonqa.engine.base import ROUND_TO
from tritonqa.evaluate import load_squad
from tritonqa.features import prepare
from tritonqa.reader.load import load
from tritonqa.spans import Decoding, decode
from tritonqa.text import Ask

RESULTS = Path(__file__).parent / "results"


def whole(reader: Reader, asks: list[tuple[str, str]]) -> float:
    """Time text → answers, seconds."""
    begun = time.perf_counter()
    assert sum(1 for _ in reader.ask_many(asks)) == len(asks)
    return time.perf_counter() - begun


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--asks", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer")
    parser.add_argument("--checkpoint", type=Path)
    options = parser.parse_args()
    examples = load_squad(options.file).examples
    chosen = examples[:: max(1, len(examples) // options.asks)][: options.asks]
    asks = [(example.question, example.context) for example in chosen]
    backend = load()
    reader = Reader(backend)
    windows = [
        window
        for question, context in asks
        for window in prepare(
            Ask.of(question, context), backend.tokenizer, backend.template, backend.windowing
        ).windows
    ]
    whole(reader, asks[:50])
    ratios, peers, speeds = [], [], []
    for _ in range(options.rounds):
        with ThreadPoolExecutor(backend.flow.engine.streams) as pool:
            begun = time.perf_counter()
            logits = [found[0] for found in pool.map(lambda w: backend.flow.engine.run([w]), windows)]
            alone = time.perf_counter() - begun
        seconds = whole(reader, asks)
        speeds.append(len(asks) / seconds)
        ratios.append(seconds / alone)
        if options.peer:
            command = [options.peer, str(Path(__file__).parent / "peer.py"), str(options.checkpoint)]
            done = subprocess.run(command, input=json.dumps(asks), capture_output=True, text=True, check=True)
            peers.append(float(done.stdout) / seconds)
    begun = time.perf_counter()
    for window, found in zip(windows, logits, strict=True):
        next(decode([window], [found], Decoding()).spans)
    decoding = (time.perf_counter() - begun) / len(windows)
    lengths = np.array([len(window) for window in windows])
    padded = -(-lengths // ROUND_TO) * ROUND_TO
    work = float((lengths * 21.2e6 + lengths * 9.2e3 * lengths).sum())
    square = np.random.default_rng(0).random((2048, 2048), np.float32)
    square @ square
    begun = time.perf_counter()
    for _ in range(5):
        square @ square
    peak = 5 * 2 * 2048**3 / (time.perf_counter() - begun)
    record = {
        "date": date.today().isoformat(),
        "machine": cpu.model(),
        "engine": f"{backend.flow.engine.name}/{backend.flow.engine.precision}",
        "asks": len(asks),
        "asks_per_second": spread(speeds),
        "whole_over_engine": spread(ratios),
        "over_transformers_pipeline_batch_1": spread(peers) if peers else None,
        "padding_share": float(1 - lengths.sum() / padded.sum()),
        "decode_microseconds_a_window": decoding * 1e6,
        "fp32_gemm_gflops": peak / 1e9,
        "useful_work_over_fp32_gemm": work * statistics.median(speeds) / len(asks) / peak,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"throughput-{record['date']}.json").write_text(json.dumps(record, indent=2) + "\n")
    print(json.dumps(record, indent=2))
    reader.close()


def spread(values: list[float]) -> dict[str, float]:
    """Return the median and the range."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


if __name__ == "__main__":
    main()
