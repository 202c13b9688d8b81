"""Measure the reader on a real Triton against the reader in process, in one run.

    python benchmarks/serving.py SQUAD_FILE [--asks N] [--rounds N] [--part throughput|latency|perf]

CPU-seconds are those of the server and its Python processes, from /proc; clients share the same cores.
Each run of the server stands between two in process, whose mean it is compared with: the machine drifts.
Padding is what the server's own metrics say of all asks of the run.
perf drives reader and logits with perf_analyzer of the tritonclient 2.51.0 wheel, given by --perf-wheel.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from perf_analyzer import perf
from record import RESULTS, spread
from server_cost import members, memory, timed, tokens

from tritonqa import Reader
from tritonqa.cli.signals import ended_by_term
from tritonqa.datasets import load_squad
from tritonqa.engine import cpu
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.repository.options import Limits, LogitsOptions, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.install import install
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.server import Server

CLIENTS = (1, 4, 16, 64, 256)
FREE = Serving(http_port=0, grpc_port=0, metrics_port=0)
Asks = list[tuple[str, str]]


@contextmanager
def serving(limits: Limits | None = None) -> Iterator[Server]:
    """Run a server on a repository of its own."""
    with tempfile.TemporaryDirectory() as folder:
        build(find_bundle(PACKAGED), Path(folder) / "repository", Models(limits or Limits(), LogitsOptions()))
        with Server.start(install(), Path(folder) / "repository", FREE) as server:
            yield server


def many(reader: Reader, asks: Asks) -> int:
    """Answer a stream of asks."""
    return sum(1 for _ in reader.ask_many(asks))


def crowd(reader: Reader, asks: Asks, clients: int) -> int:
    """Answer the asks from as many threads as there are clients, each waiting for its own."""
    with ThreadPoolExecutor(clients) as pool:
        return sum(1 for _ in pool.map(lambda ask: reader.ask(*ask), asks))


def throughput(server: Server, asks: Asks, rounds: int) -> dict[str, Any]:
    """Compare throughput and CPU time, for both protocols and every number of clients."""
    served, here = list(members(server).values()), [os.getpid()]
    found: dict[str, list[dict[str, float]]] = {"in process": []}
    with Reader() as local, Reader.load(str(server.grpc)) as grpc, Reader.load(str(server.http)) as http:
        ways: dict[str, Callable[[], int]] = {"grpc stream": partial(many, grpc, asks)}
        for clients in CLIENTS:
            ways[f"grpc {clients}"] = partial(crowd, grpc, asks, clients)
        for clients in (16, 64):
            ways[f"http {clients}"] = partial(crowd, http, asks, clients)
        for reader in (local, grpc, http):
            many(reader, asks)
        base = partial(timed, here, partial(many, local, asks))
        for _ in range(rounds):
            before = base()
            for name, way in ways.items():
                row, after = timed(served, way), base()
                for key, ratio in (("rate", "rate_ratio"), ("cpu_ms", "cpu_ratio")):
                    row[ratio] = 2 * row[key] / (before[key] + after[key])
                found.setdefault(name, []).append(row)
                found["in process"].append(after)
                before = after
    return {
        name: {key: spread([row[key] for row in rows]) for key in rows[0]} for name, rows in found.items()
    }


def latency(server: Server, asks: Asks) -> dict[str, Any]:
    """Compare one client's times, in process and served, ask by ask."""
    with Reader() as local, Reader.load(str(server.grpc)) as grpc, Reader.load(str(server.http)) as http:
        readers = {"in process": local, "grpc": grpc, "http": http}
        times: dict[str, list[float]] = {name: [] for name in readers}
        turns = list(readers.items())
        for ask in [*asks[:20], *asks]:
            turns = [*turns[1:], turns[0]]  # each comes after each other one equally often
            for name, reader in turns:
                begun = time.perf_counter()
                reader.ask(*ask)
                times[name].append(1000 * (time.perf_counter() - begun))
    kept = {name: values[20:] for name, values in times.items()}
    added = {
        f"{name} adds": statistics.median(
            served - alone for served, alone in zip(kept[name], kept["in process"], strict=True)
        )
        for name in ("grpc", "http")
    }
    return {**{f"{name} p50": statistics.median(values) for name, values in kept.items()}, **added}


def start() -> dict[str, Any]:
    """Time `READY`, and weigh the processes when all has run once."""
    begun = time.perf_counter()
    with serving() as server:
        ready = time.perf_counter() - begun
        with Reader.load(str(server.grpc)) as reader:
            reader.ask("Who?", "It was Ada.")
        weights = {name: memory(pid) for name, pid in members(server).items()}
        return {"ready_seconds": ready, "memory_mb": weights}


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--asks", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=["start", "throughput", "latency", "perf"])
    parser.add_argument("--perf-wheel", type=Path)
    options = parser.parse_args()
    examples = load_squad(options.file).examples
    chosen = examples[:: max(1, len(examples) // options.asks)][: options.asks]
    asks = [(example.question, example.context) for example in chosen]
    wanted = [options.part] if options.part else ["start", "throughput", "latency"]
    record: dict[str, Any] = {"date": date.today().isoformat(), "machine": cpu.model()}
    if "start" in wanted:
        record["start"] = start()
    if {"throughput", "latency", "perf"} & set(wanted):
        with serving() as server:
            if "throughput" in wanted:
                record["throughput"] = throughput(server, asks, options.rounds)
                counted = tokens(server)
                record["padding_share"] = counted["padding"] / sum(counted.values())
            if "latency" in wanted:
                record["latency_ms"] = latency(server, asks)
            if "perf" in wanted or options.perf_wheel:
                record["perf_analyzer"] = perf(server, asks, options.perf_wheel)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"serving-{record['date']}.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    counts = kept.get("asks", {}) | dict.fromkeys(wanted, len(asks))
    path.write_text(json.dumps({**kept, **record, "asks": counts}, indent=2) + "\n")
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    with ended_by_term():
        main()
