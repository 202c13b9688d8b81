"""Make the engine slower on purpose, and see whether `tritonqa bench --compare` finds it.

    python benchmarks/regression.py [--slower 0.05] [--pairs 8] [--seconds 30] [--clients 4]

Pairs are measured in turn, each measurement in a process of its own, as a user would measure two versions:
one with the engine as it is, one in which each call takes so much longer, computing. A regression of nothing
(--slower 0) must be within noise.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from time import perf_counter
from typing import Any

import numpy as np
from record import record

from tritonqa.bench import BenchOptions, Load, Target, bench, squad_sample
from tritonqa.bench.compare import combine, compare
from tritonqa.reader.in_process import InProcess


def main() -> None:
    """Measure, compare, write the result; or be one of the measurements."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--slower", type=float, default=0.05)
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.slower, options.seconds, options.clients)))
        return
    begun, read = perf_counter(), []
    for _ in range(options.pairs):
        read.append([apart(slower, options) for slower in (0.0, options.slower)])
    minutes = (perf_counter() - begun) / 60
    (found,) = combine([compare(before, after) for before, after in read])
    stolen = [[one["runs"][0]["stolen_share"] for one in pair] for pair in read]
    settings = {name: getattr(options, name) for name in ("slower", "pairs", "seconds", "clients")}
    name = "regression" if options.slower else "regression-none"
    record(name, {**settings, "minutes": round(minutes, 1), **found.to_dict(), "stolen_shares": stolen})


def apart(slower: float, options: argparse.Namespace) -> dict[str, Any]:
    """Measure in a process of its own."""
    given = (f"--slower={slower}", f"--seconds={options.seconds}", f"--clients={options.clients}")
    done = subprocess.run(
        [sys.executable, __file__, "--one", *given], stdout=subprocess.PIPE, check=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measured(slower: float, seconds: float, clients: int) -> dict[str, Any]:
    """Measure the packaged reader whose engine takes this share longer."""
    target = SlowedDown() if slower else Target()
    SlowedDown.share = slower
    return bench([target], squad_sample(), [Load(clients=clients)], BenchOptions(seconds)).to_dict()


class SlowedDown(Target):
    """The packaged reader with an engine that computes on after each call, for a share of what that took."""

    __slots__ = ()
    share = 0.05

    def open(self) -> InProcess:
        """Open it, and wrap its engine's run."""
        backend = super().open()
        assert isinstance(backend, InProcess)
        engine, matrix = backend.flow.engine, np.ones((64, 64), np.float32)
        run = engine.run

        def longer(*given: Any, **named: Any) -> Any:
            begun = perf_counter()
            found = run(*given, **named)
            until = perf_counter() + self.share * (perf_counter() - begun)
            while perf_counter() < until:
                matrix @ matrix
            return found

        engine.run = longer  # type: ignore[method-assign]
        return backend


if __name__ == "__main__":
    main()
