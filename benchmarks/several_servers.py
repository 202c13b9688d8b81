"""Three Tritons on the same cores against one, and what the kill of one costs.

    python benchmarks/several_servers.py [--asks 600] [--rounds 3]

On cores that others use too the rate says little; CPU-seconds an ask, of all processes together, say the
same. A round has several times the asks that three servers hold at once: at its end engines have few windows
to choose from, three of them each for itself.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from record import record, spread

from tritonqa import Reader
from tritonqa.bench.steal import core_time
from tritonqa.bench.workload import squad_sample
from tritonqa.cli.signals import ended_by_term
from tritonqa.client import Connection
from tritonqa.errors import TritonQAError
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.repository.options import Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.install import install
from tritonqa.triton.server import processes
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.server import Server

_CLIENTS, _ASKED = 4, 200  # while a server is killed
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, and write the results."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--asks", type=int, default=600, help="of a round")
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        build(find_bundle(PACKAGED), Path(folder) / "repository", Models())
        place = Serving(http_port=0, grpc_port=0, metrics_port=0)
        runtime, repository = install(), Path(folder) / "repository"
        servers = [stack.enter_context(Server.start(runtime, repository, place)) for _ in range(3)]
        urls = {"one": str(servers[0].grpc), "three": ",".join(str(server.grpc) for server in servers)}
        readers = {name: stack.enter_context(Reader.load(url)) for name, url in urls.items()}
        rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in urls}
        for reader in readers.values():  # prepares engines for all lengths
            _stream(reader, servers, _ASKED)
        begun = core_time()
        for i in range(given.rounds):
            for name in sorted(readers, reverse=bool(i % 2)):
                rounds[name].append(_stream(readers[name], servers, given.asks))
        stolen = core_time().since(begun).share
        kill = _killed(urls["three"], servers[1], _ASKED)
    cost = {name: spread([cpu for _, cpu in found]) for name, found in rounds.items()}
    rate = {name: spread([rate for rate, _ in found]) for name, found in rounds.items()}
    ratios = [one / three for (_, one), (_, three) in zip(rounds["one"], rounds["three"], strict=True)]
    record(
        "several-servers",
        {
            "asks": given.asks,
            "stolen_share": stolen,
            "asks_per_second": rate,
            "cpu_seconds_per_ask": cost,
            "throughput_per_cpu_three_over_one": spread(ratios),
            "killed": kill,
        },
    )


def _asks(number: int) -> Iterator[tuple[str, Sequence[str]]]:
    known = squad_sample(fresh=False).asks
    for i in range(number):
        yield known[i % len(known)].question, known[i % len(known)].passages


def _stream(reader: Reader, servers: Sequence[Server], number: int) -> tuple[float, float]:
    """Return asks a second, and CPU-seconds an ask of all processes."""
    before, begun = _cpu(servers), time.perf_counter()
    done = sum(1 for _ in reader.ask_many(_asks(number)))
    return done / (time.perf_counter() - begun), (_cpu(servers) - before) / done


def _killed(url: str, victim: Server, number: int) -> dict[str, object]:
    """Kill a server under closed-loop clients; return the times of asks before and after, and what failed."""
    asks, failed = list(_asks(number)), list[str]()
    times: list[tuple[float, float]] = []
    killed_at = [float("inf")]

    def client(start: int) -> None:
        for ask in asks[start::_CLIENTS]:
            begun = time.perf_counter()
            try:
                reader.ask(*ask)
            except TritonQAError as error:
                failed.append(str(error))
            times.append((begun, time.perf_counter() - begun))
            if len(times) == number // 3:
                os.kill(victim.process.pid, signal.SIGKILL)
                killed_at[0] = time.perf_counter()

    with Reader.load(url, connection=Connection(timeout=60)) as reader:
        threads = [threading.Thread(target=client, args=(i,)) for i in range(_CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    parts = {
        "before": [took for begun, took in times if begun + took < killed_at[0]],
        "after": [took for begun, took in times if begun + took >= killed_at[0]],
    }
    quantiles = {
        name: {f"p{q}": round(float(np.quantile(found, q / 100)), 4) for q in (50, 99)}
        for name, found in parts.items()
    }
    return {"clients": _CLIENTS, "asks": number, "failed": len(failed), "seconds": quantiles}


def _cpu(servers: Sequence[Server]) -> float:
    used = time.process_time()
    for pid in {pid for server in servers for pid in processes.group(server.process.pid)}:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / _TICKS
    return used


if __name__ == "__main__":
    with ended_by_term():
        main()
