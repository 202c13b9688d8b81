"""Draw the figures of docs/benchmarks/ from the latest results: python benchmarks/plots.py.

Each is an SVG with its own style, light and dark, as the report of `tritonqa bench` has.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from record import RESULTS

from tritonqa.bench.report import svg

OUT = Path(__file__).parent.parent / "docs" / "benchmarks"
_MORE = "svg { background: var(--back); }\n"


def latest(name: str) -> dict[str, Any]:
    """Read the newest result of this name."""
    found: dict[str, Any] = json.loads(
        sorted(RESULTS.glob(f"{name}-2*.json"))[-1].read_text(encoding="utf-8")
    )
    return found


def save(name: str, drawing: str) -> None:
    """Write a drawing with its style."""
    style = files("tritonqa.bench.report").joinpath("style.css").read_text(encoding="utf-8")
    head, _, rest = drawing.partition(">")
    own = f'{head} xmlns="http://www.w3.org/2000/svg">\n<style>\n{style}{_MORE}</style>'
    (OUT / f"{name}.svg").write_text(own + rest + "\n", encoding="utf-8")
    print(OUT / f"{name}.svg")


def costs(rows: dict[str, dict[str, Any]], times: int = 1) -> list[tuple[str, list[tuple[float, int]]]]:
    """Return bars of the client's and the server's CPU time, divided by so many."""
    names = ("client_cpu_ms_per_ask", "server_cpu_ms_per_ask")
    return [
        (name, [((row[kind] or 0.0) / times, place) for place, kind in enumerate(names)])
        for name, row in rows.items()
    ]


def main() -> None:
    """Draw all."""
    for many in (1, 16):
        rows = latest("matrix-clients")["measured"][f"{many} clients"]
        save(f"clients-{many}", svg.bars(f"CPU time an ask, {many} clients", "ms", costs(rows)))
    rows = latest("matrix-batches")["measured"]["1 clients"]
    bars = [(f"{count} a request", costs({"": row}, int(count))[0][1]) for count, row in rows.items()]
    save("batches", svg.bars("CPU time a question", "ms", bars))
    save("cache", svg.bars("CPU time an ask", "ms", costs(latest("matrix-cache")["measured"])))
    save("lengths", svg.bars("CPU time an ask", "ms", costs(latest("matrix-lengths")["measured"])))
    run = latest("profile")["runs"][0]
    parts = [(name, [(stage["mean_ms"], place)]) for place, (name, stage) in enumerate(run["stages"].items())]
    save("profile", svg.bars("Stages of an ask", "ms", parts))
    save("formats", pareto(latest("formats-f1")["choices"]))
    rows = sorted(latest("peers")["peers"], key=lambda row: -row["asks_per_second"])
    bars = [(row["title"], [(row["asks_per_second"], 0)]) for row in rows]
    save("peers", svg.bars("Asks a second, 16 clients", "asks/s", bars))
    shapes = latest("shapes")["shapes"] | latest("shapes-random")["shapes"]
    for name, values in shapes.items():
        shares = {way: row["useful_work_over_gemm_peak"] for way, row in values["formats"].items()}
        bars = [(way, [(shares[way], 0)]) for way in sorted(shares, key=lambda way: -shares[way])]
        save(f"shapes-{name}", svg.bars(f"Useful work over the GEMM peak, {name}", "", bars))


def pareto(rows: Sequence[dict[str, Any]]) -> str:
    """Draw F1 over CPU time: what is better lies up and left."""
    times, scores = ([row[name] for row in rows] for name in ("cpu_ms_per_ask", "f1"))
    low = math.floor(min(scores) - 1)
    high = math.ceil(max(scores) + 1)
    ticks = [(float(value), str(value)) for value in range(low, high + 1)]
    y = svg.Axis("F1", lambda value: (value - low) / (high - low), ticks)
    lines = [
        svg.Line([(row["cpu_ms_per_ask"], row["f1"])], place, labels=[row["choice"]])
        for place, row in enumerate(rows)
    ]
    return svg.chart("F1 and CPU time", svg.linear("CPU time an ask, ms", max(times)), y, lines)


if __name__ == "__main__":
    main()
