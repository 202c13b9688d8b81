"""Several ways to be asked, rounds in turn, with what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Event
from typing import Any, TypeAlias

from tritonqa.bench import Load, Target, Workload
from tritonqa.bench.cost import cost, local_server
from tritonqa.bench.generator import ThreadGenerator
from tritonqa.bench.subject import Measured
from tritonqa.bench.summary import figures
from tritonqa.reader.backend import Backend

KEPT = ("asks", "asks_per_second", "p50_ms", "p99_ms", "intervals", "errors", "error_kinds")
COSTS = ("client_cpu_ms_per_ask", "server_cpu_ms_per_ask")


Asked: TypeAlias = tuple[Backend, Workload, Load, str | None]
"""A reader, what it is asked, how, and the address of the server whose CPU time counts too."""


def in_turn(
    named: Mapping[str, Asked], seconds: float, rounds: int, warmup: float = 0.5
) -> dict[str, dict[str, Any]]:
    """Measure each for rounds of so many seconds, in turn; return its figures by name."""
    stop = Event()
    generators = {name: ThreadGenerator(backend, work) for name, (backend, work, _, _) in named.items()}
    found = {name: Measured(Target(), load) for name, (_, _, load, _) in named.items()}
    servers = {name: local_server(address) for name, (_, _, _, address) in named.items()}
    for number in range(rounds + 1):
        for name, into in found.items():
            before = cost(servers[name])
            length = seconds if number else warmup
            made = generators[name].run(into.load, length, number, stop, lambda passed: None)
            spent = cost(servers[name]).since(before)
            if number:
                into.rounds.append(made.samples)
                into.client_cpu += made.cpu
                into.server_cpu = (
                    (into.server_cpu or 0.0) + spent.server if spent.server is not None else None
                )
    return {name: _kept(figures(into)) for name, into in found.items()}


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in (*KEPT, *COSTS)}
