"""Measure text → answers against the engine alone, the machine's limit and other software.

    python benchmarks/throughput.py SQUAD_FILE [--asks N] [--checkpoint DIR [--peers NAME,…]]

With a checkpoint, the peers (peers/) answer the same asks on it, each in an environment that is built on
first use. Everything takes turns, chunk by chunk, so that a drifting machine hurts all alike; ratios are
medians over the chunks, with their range.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from peers.peer import Peer
from record import record, spread

from tritonqa import Reader
from tritonqa.datasets import Dataset, load_squad
from tritonqa.engine.base import Engine
from tritonqa.engine.fair_queue import FairQueue
from tritonqa.engine.job import Job
from tritonqa.evaluate import score
from tritonqa.features import Window
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask

MFLOP_A_TOKEN, KFLOP_A_PAIR = 21.2, 9.2  # MiniLM-L6: of every token, and of every pair of tokens

Asks: TypeAlias = Sequence[tuple[str, str]]


@dataclass
class Runner:
    """Something that answers a chunk: the seconds it took and the answers' texts, and all that it gave."""

    answer: Callable[[Asks], tuple[float, list[str]]]
    seconds: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def gemm_peak() -> float:
    """Return the fp32 operations a second of numpy's matrix product on all cores."""
    square = np.random.default_rng(0).random((2048, 2048), np.float32)
    square @ square
    begun = time.perf_counter()
    for _ in range(5):
        square @ square
    return 5 * 2 * 2048**3 / (time.perf_counter() - begun)


def whole(reader: Reader, asks: Asks) -> tuple[float, list[str]]:
    """Time text → answers."""
    begun = time.perf_counter()
    found = list(reader.ask_many(asks, no_answer_threshold=1.0))
    return time.perf_counter() - begun, [answers[0].text for answers in found]


def bare(backend: InProcess, asks: Asks) -> tuple[float, list[str]]:
    """Time the engine alone on windows that are ready, all its streams busy, grouped as the flow does."""
    engine, groups = backend.flow.engine, grouped(backend, asks)
    with ThreadPoolExecutor(engine.streams) as pool:
        begun = time.perf_counter()
        for _ in pool.map(engine.run, groups):
            pass
        return time.perf_counter() - begun, []


def grouped(backend: InProcess, asks: Asks) -> list[list[Window]]:
    """Prepare the windows of some asks and group them for the engine, as many waiting as in a stream."""
    engine, queue, groups = backend.flow.engine, FairQueue(backend.lookahead), list[list[Window]]()
    for last, ask in enumerate(asks, 1 - len(asks)):
        queue.enter(Job(backend.prepare(Ask.of(*ask)).windows, len))
        while queue.windows > (backend.lookahead if last else 0):
            taken = queue.take(engine.grouping)
            groups.append([job.windows[index] for job, index in taken])
    return groups


def windows_of(backend: InProcess, asks: Asks) -> list[Window]:
    """Prepare the windows of some asks."""
    return [window for ask in asks for window in backend.prepare(Ask.of(*ask)).windows]


def race(runners: dict[str, Runner], asks: Asks, chunk: int) -> None:
    """Let every runner answer a chunk before any goes on to the next."""
    for at in range(0, len(asks), chunk):
        for runner in runners.values():
            seconds, texts = runner.answer(asks[at : at + chunk])
            runner.seconds.append(seconds)
            runner.texts += texts


def ratio(one: Runner, other: Runner) -> dict[str, float]:
    """Return the median and the range of one's time over the other's, chunk by chunk."""
    return spread([a / b for a, b in zip(one.seconds, other.seconds, strict=True)])


def limits(engine: Engine, windows: list[Window], asks_a_second: float, asks: int) -> dict[str, float]:
    """Return the share of padding, and useful work as a multiple of the fp32 GEMM peak."""
    lengths = np.array([len(window) for window in windows], np.float64)
    work = float((lengths * MFLOP_A_TOKEN * 1e6 + lengths**2 * KFLOP_A_PAIR * 1e3).sum())
    peak = gemm_peak()
    return {
        "padding_share": float(1 - lengths.sum() / engine.computed(windows)),
        "fp32_gemm_gflops": peak / 1e9,
        "useful_work_over_fp32_gemm": work * asks_a_second / asks / peak,
    }


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--asks", type=int, default=1800)
    parser.add_argument("--chunk", type=int, default=600)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--peers", default="transformers_pipeline,haystack_reader")
    parser.add_argument("--environments", type=Path, default=Path("build/peers"))
    parser.add_argument("--name", default="throughput")
    return parser.parse_args()


def main() -> None:
    """Measure, print, write dated JSON."""
    options = arguments()
    dataset = load_squad(options.file)
    chosen = dataset.examples[:: max(1, len(dataset.examples) // options.asks)][: options.asks]
    asks = [(example.question, example.context) for example in chosen]
    with ExitStack() as stack:
        backend = load_in_process()
        reader = stack.enter_context(Reader(backend))
        engine = Runner(lambda part: bare(backend, part))
        own = Runner(lambda part: whole(reader, part))
        peers = {}
        for name in options.peers.split(",") if options.checkpoint else []:
            peer = stack.enter_context(Peer(name, options.checkpoint, options.environments))
            peers[name] = Runner(peer.answers)
        for runner in (engine, own, *peers.values()):
            runner.answer(asks[:20])
        race({"engine": engine, "tritonqa": own, **peers}, asks, options.chunk)
        windows = windows_of(backend, asks)
    answering = {"tritonqa": own, **peers}
    speeds = {name: len(asks) / sum(runner.seconds) for name, runner in answering.items()}
    ids, part = [example.id for example in chosen], Dataset(dataset.version, tuple(chosen))
    values: dict[str, Any] = {
        "engine": f"{backend.flow.engine.name}/{backend.flow.engine.precision}",
        "asks": len(asks),
        "asks_per_second": speeds,
        "times_as_fast_as": {name: ratio(runner, own) for name, runner in peers.items()},
        "whole_over_engine": ratio(own, engine),
        "scores": {n: score(part, dict(zip(ids, r.texts, strict=True))) for n, r in answering.items()},
        **limits(backend.flow.engine, windows, speeds["tritonqa"], len(asks)),
    }
    record(options.name, values)


if __name__ == "__main__":
    main()
