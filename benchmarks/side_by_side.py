"""Measure other software that does the same job beside tritonqa: same machine, checkpoint, asks.

    python benchmarks/side_by_side.py SQUAD_FILE [--peers NAME,…] [--environments DIR] [--asks N]

Each peer (peers/) has an environment of its own, built from peers/NAME.txt where it is missing (--build: that
alone), and stays loaded; they take turns. Of each: seconds to the first answer; F1 on all asks; throughput of
16 clients; then latency at a half and at nine tenths of that, with asks due at random; CPU time an ask and
memory of all its processes; lines that its user writes. One that can't run is told with what it said.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib.metadata import entry_points
from pathlib import Path
from threading import Event
from typing import Any

from peers.environment import Failed, build
from peers.peer import Peer
from peers.table import PEERS, lines_of_code
from record import record
from rich.progress import track

from tritonqa.bench import Load, Target, Workload
from tritonqa.bench.generator import ThreadGenerator
from tritonqa.bench.subject import Measured
from tritonqa.bench.summary import figures
from tritonqa.cli.signals import ended_by_term
from tritonqa.datasets import Dataset, load_squad
from tritonqa.evaluate import score
from tritonqa.text import Ask

CLIENTS = 16
SHARES = {"half": 0.5, "nine_tenths": 0.9}
LATENCIES = ("asks", "p50_ms", "p99_ms", "errors")


def checkpoint() -> Path:
    """Return the folder of the packaged reader's checkpoint."""
    [point] = entry_points(group="tritonqa.checkpoints", name="tritonqa-minilm")
    return Path(str(point.load()()))


def turns(
    peers: Sequence[Peer], work: Workload, load: Callable[[Peer], Load], seconds: float, rounds: int
) -> dict[str, dict[str, Any]]:
    """Put a load on each in turn, for so many rounds; return its figures by name."""
    generators = {peer.name: ThreadGenerator(peer, work) for peer in peers}
    found = {peer.name: Measured(Target(), load(peer), server_cpu=0.0) for peer in peers}
    for number in track(range(rounds), "rounds", disable=not sys.stderr.isatty()):
        for peer in peers:
            into, before = found[peer.name], peer.cpu_seconds()
            made = generators[peer.name].run(into.load, seconds, number, Event(), lambda passed: None)
            into.rounds.append(made.samples)
            into.server_cpu = (into.server_cpu or 0.0) + peer.cpu_seconds() - before
    return {name: figures(into) for name, into in found.items()}


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--checkpoint", type=Path, help="the packaged reader's, where none is given")
    parser.add_argument("--environments", type=Path, default=Path("build/peers"))
    parser.add_argument("--build", action="store_true", help="build the environments and end")
    parser.add_argument("--asks", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=10.0, help="of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--name", default="peers")
    options = parser.parse_args()
    if unknown := sorted(set(options.peers.split(",")) - PEERS.keys()):
        parser.error(f"--peers has no {', '.join(unknown)}; choose of {', '.join(PEERS)}")
    return options


def opened(options: argparse.Namespace, stack: ExitStack) -> tuple[list[Peer], dict[str, str]]:
    """Build the peers, then open them where that is wanted; return those that run, and what others said."""
    peers, failed, place = list[Peer](), dict[str, str](), options.checkpoint or checkpoint()

    def build_one(name: str) -> None:
        build(name, place, options.environments)

    def open_one(name: str) -> None:
        peers.append(stack.enter_context(Peer(name, place, options.environments)))

    steps = {"environments": build_one} if options.build else {"environments": build_one, "peers": open_one}
    for title, step in steps.items():
        for name in track(options.peers.split(","), title, disable=not sys.stderr.isatty()):
            if name not in failed:
                try:
                    step(name)
                except Failed as error:
                    failed[name] = str(error)
    return peers, failed


def measured(peers: Sequence[Peer], part: Dataset, seconds: float, rounds: int) -> list[dict[str, Any]]:
    """Measure all; return a row for each."""
    asks = [(example.question, example.context) for example in part.examples]
    work = Workload("asks", tuple(Ask.of(*ask) for ask in asks), fresh=False)
    ids = [example.id for example in part.examples]
    scores = {peer.name: score(part, dict(zip(ids, peer.answers(asks)[1], strict=True))) for peer in peers}
    full = turns(peers, work, lambda peer: Load(clients=CLIENTS), seconds, rounds)
    rates = {name: found["asks_per_second"] for name, found in full.items()}
    part_load = {
        share: turns(peers, work, lambda peer, of=of: Load(rate=of * rates[peer.name]), seconds, rounds)  # type: ignore[misc]
        for share, of in SHARES.items()
    }
    return [
        {
            "peer": peer.name,
            "title": PEERS[peer.name].title,
            "asks_per_second": rates[peer.name],
            "interval": full[peer.name]["intervals"]["asks_per_second"],
            "errors": full[peer.name]["errors"],
            "error_kinds": full[peer.name]["error_kinds"],
            **{share: {name: at[peer.name][name] for name in LATENCIES} for share, at in part_load.items()},
            "cpu_ms_per_ask": full[peer.name]["server_cpu_ms_per_ask"],
            "memory_mb": peer.memory_mb(),
            "cold_start_s": peer.cold_start,
            **scores[peer.name],
            "lines_of_user_code": lines_of_code(peer.name),
        }
        for peer in peers
    ]


def main() -> None:
    """Measure, print, write dated JSON."""
    options = arguments()
    dataset = load_squad(options.file)
    step = max(1, len(dataset.examples) // options.asks)
    part = Dataset(dataset.version, dataset.examples[::step][: options.asks])
    load = os.getloadavg()[0]
    with ended_by_term(), ExitStack() as stack:
        peers, failed = opened(options, stack)
        if options.build:
            print("\n".join(f"{name}: {said}" for name, said in failed.items()) or "all are built")
            sys.exit(bool(failed))
        rows = measured(peers, part, options.seconds, options.rounds)
    about = {"asks": len(part.examples), "clients": CLIENTS, "seconds": options.seconds}
    loads = {"rounds": options.rounds, "load_before": load, "load_after": os.getloadavg()[0]}
    record(options.name, {**about, **loads, "peers": rows, "failed": failed})


if __name__ == "__main__":
    main()
