"""Measure two versions of the project in turn, in process or each on its own Triton.

    python benchmarks/versions.py OLD_PYTHON NEW_PYTHON SQUAD_FILE [--served] [--precision P] [--rounds N]

Each python is an environment's that has one version and the packaged reader. Both stay loaded, and answer the
same asks in turn, the first of each round by turns: a ratio is taken round by round, its median and range
written to results/.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from record import record, spread

from tritonqa.cli.signals import ended_by_term
from tritonqa.datasets import load_squad

WORKER = """
import json, sys, time
from tritonqa import Reader

url, precision, asks = json.loads(sys.stdin.readline())
reader = Reader.load(url) if url else Reader.load(precision=precision)
asks = [tuple(ask) for ask in asks]
list(reader.ask_many(asks))
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    begun = time.perf_counter()
    found = [[a.text for a in answers] for answers in reader.ask_many(asks)]
    print(json.dumps([time.perf_counter() - begun, found]), flush=True)
"""
SERVE = "import sys; from tritonqa.cli.main import main; sys.exit(main())"
PORTS = ("--http-port", "0", "--grpc-port", "0", "--metrics-port", "0")


@contextmanager
def server(python: str, precision: str | None) -> Iterator[str]:
    """Serve the packaged reader, and give its gRPC address."""
    chosen = ("--precision", precision) if precision else ()
    process = subprocess.Popen(
        [python, "-c", SERVE, "serve", "--json", *PORTS, *chosen], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["grpc"]
    finally:
        process.terminate()
        process.wait()


class Worker:
    """A process that holds a reader of one version."""

    def __init__(self, python: str, url: str | None, precision: str | None, asks: Sequence[Any]) -> None:
        """Load the reader and answer all asks once."""
        self.process = subprocess.Popen(
            [python, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._call([url, precision, asks])

    def round(self) -> tuple[float, list[list[str]]]:
        """Answer all asks: seconds, and the answers' texts."""
        seconds, found = self._call(None)
        return seconds, found

    def close(self) -> None:
        """End the process."""
        self.process.communicate()

    def _call(self, message: Any) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def compare(old: Worker, new: Worker, rounds: int) -> dict[str, Any]:
    """Let both answer in turn: speed of new over old, and how many asks both answer with the same words."""
    times: dict[Worker, list[float]] = {old: [], new: []}
    found: dict[Worker, list[list[str]]] = {}
    for number in range(rounds):
        for worker in (old, new) if number % 2 else (new, old):
            seconds, found[worker] = worker.round()
            times[worker].append(seconds)
    ratios = [before / after for before, after in zip(times[old], times[new], strict=True)]
    same = sum(a[:1] == b[:1] for a, b in zip(found[old], found[new], strict=True))
    asks = len(found[old])
    return {
        "new_over_old": spread(ratios),
        "asks_per_second": {"old": asks / min(times[old]), "new": asks / min(times[new])},
        "same_first_answer": same / asks,
    }


def main() -> None:
    """Measure, print, write dated JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("file", type=Path)
    parser.add_argument("--asks", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--served", action="store_true")
    parser.add_argument("--precision")
    options = parser.parse_args()
    examples = load_squad(options.file).examples
    chosen = examples[:: max(1, len(examples) // options.asks)][: options.asks]
    asks = [(example.question, example.context) for example in chosen]
    if options.served:
        with (
            server(options.old, options.precision) as before,
            server(options.new, options.precision) as after,
        ):
            found = _compared(options, before, after, asks)
    else:
        found = _compared(options, None, None, asks)
    name = "versions-served" if options.served else "versions"
    record(name, {"asks": len(asks), "rounds": options.rounds, "precision": options.precision, **found})


def _compared(
    options: argparse.Namespace, before: str | None, after: str | None, asks: Sequence[Any]
) -> dict[str, Any]:
    old = Worker(options.old, before, options.precision, asks)
    new = Worker(options.new, after, options.precision, asks)
    try:
        return compare(old, new, options.rounds)
    finally:
        old.close()
        new.close()


if __name__ == "__main__":
    with ended_by_term():
        main()
