"""Runs → the report's figures, each with a sentence that says what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tritonqa.bench.report import svg
from tritonqa.bench.report.number import number
from tritonqa.bench.summary import Run

_CURVES = 8  # in one figure at most


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, what it shows in a sentence, and what its colours mean."""

    title: str
    drawing: str
    sentence: str
    legend: Sequence[tuple[int, str]] = ()


def figures_of(runs: Sequence[Run]) -> list[Figure]:
    """Return the figures that these runs have something to show in."""
    answered = [run for run in runs if run.p50_ms and run.p99_ms]
    if not answered:
        return []
    found = [throughput_against_latency(answered), percentiles(answered), cost(answered)]
    return [*found, stages(answered)] if any(run.stages for run in answered) else found


def throughput_against_latency(runs: Sequence[Run]) -> Figure:
    """Show what each load costs in latency: half of the asks, and the slowest hundredth."""
    names = list(dict.fromkeys(run.target for run in runs))
    lines, most = [], max(run.asks_per_second for run in runs)
    times = [time for run in runs for time in (run.p50_ms, run.p99_ms) if time]
    for colour, name in enumerate(names):
        own = sorted((run for run in runs if run.target == name), key=lambda run: run.p50_ms or 0)
        half = [(run.asks_per_second, run.p50_ms or 0.0) for run in own]
        slow = [(run.asks_per_second, run.p99_ms or 0.0) for run in own]
        lines += [
            svg.Line(half, colour, labels=[run.load for run in own]),
            svg.Line(slow, colour, dashed=True),
        ]
    best = max(runs, key=lambda run: run.asks_per_second)
    sentence = (
        f"{best.target} answers most, {number(best.asks_per_second)} asks a second under {best.load}; half "
        f"of its asks take up to {number(best.p50_ms)} ms then, one in a hundred {number(best.p99_ms)} ms."
    )
    drawing = svg.chart(
        "Throughput against latency",
        svg.linear("asks answered a second", most),
        svg.logarithmic("latency, ms", min(times), max(times)),
        lines,
    )
    legend = [(colour, f"{name}: full p50, hollow p99") for colour, name in enumerate(names)]
    return Figure("Throughput against latency", drawing, sentence, legend)


def percentiles(runs: Sequence[Run]) -> Figure:
    """Show how long all asks took, the slowest in detail."""
    shown = list(runs)[:_CURVES]
    times = [time for run in shown for _, time in run.curve if time > 0]
    lines = [svg.Line([p for p in run.curve if p[1] > 0], colour) for colour, run in enumerate(shown)]
    worst = max(shown, key=lambda run: (run.p99_ms or 0) / (run.p50_ms or 1))
    left = f" The first {_CURVES} of {len(runs)} runs are shown." if len(runs) > _CURVES else ""
    sentence = (
        f"A flat line is a steady reader. The steepest is {worst.target} under {worst.load}: one ask in a "
        f"hundred takes {(worst.p99_ms or 0) / (worst.p50_ms or 1):.3g} times the median or longer.{left}"
    )
    drawing = svg.chart(
        "Latency by share of asks",
        svg.tail("share of asks that are as fast"),
        svg.logarithmic("latency, ms", min(times), max(times)),
        lines,
    )
    legend = [(colour, f"{run.target}, {run.load}") for colour, run in enumerate(shown)]
    return Figure("Latency by share of asks", drawing, sentence, legend)


def cost(runs: Sequence[Run]) -> Figure:
    """Show the CPU time of an ask, that of the process that asks and that of the server."""
    rows = [
        (
            f"{run.target}, {run.load}",
            [(run.client_cpu_ms_per_ask or 0.0, 0), (run.server_cpu_ms_per_ask or 0.0, 1)],
        )
        for run in runs
    ]
    least = min(runs, key=lambda run: run.cpu_ms_per_ask or float("inf"))
    unseen = any(run.over != "process" and run.server_cpu_ms_per_ask is None for run in runs)
    sentence = (
        f"Cheapest is {least.target} under {least.load}: {number(least.cpu_ms_per_ask)} ms of a core an ask."
        + (" Of a server elsewhere only the client's part is seen." if unseen else "")
    )
    legend = [(0, "the process that asks; in process, all"), (1, "the server")]
    return Figure("CPU time an ask", svg.bars("CPU time an ask", "ms", rows), sentence, legend)


def stages(runs: Sequence[Run]) -> Figure:
    """Show where an ask's time goes, stage by stage."""
    own = [run for run in runs if run.stages]
    names = list(dict.fromkeys(name for run in own for name in run.stages or ()))
    rows = [
        (
            f"{run.target}, {run.load}",
            [(run.stages[name]["mean_ms"], place) for place, name in enumerate(names) if name in run.stages],
        )
        for run in own
        if run.stages
    ]
    first = own[0].stages or {}
    longest = max(first, key=lambda name: first[name]["mean_ms"])
    whole = sum(stage["mean_ms"] for stage in first.values())
    sentence = (
        f"Of an ask of {own[0].target} under {own[0].load}, {longest} takes "
        f"{number(first[longest]['mean_ms'])} of {number(whole)} ms, {first[longest]['mean_ms'] / whole:.0%}."
    )
    legend = list(enumerate(names))
    return Figure("Where an ask's time goes", svg.bars("Stages of an ask", "ms", rows), sentence, legend)
