"""Fill the tables of docs/benchmarks/ from the latest results: python benchmarks/tables.py.

A table stands in its page between the comments `<!-- table NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from plots import OUT, latest

from tritonqa.bench.report.number import number

PEERS = (
    "",
    "asks/s (95 %)",
    "p50, p99 ms at half load",
    "p50, p99 ms at nine tenths",
    "CPU ms an ask",
    "memory, MB",
    "first answer, s",
    "F1",
    "lines",
)
SHAPES = ("", "CPU ms an ask", "share of the GEMM peak", "F1")
WAYS = ("", "asks", "CPU ms an ask: client, server", "asks/s (95 %)", "p50, p99 ms")


def fill(page: str, name: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table into its place in a page; raises ValueError where there is none."""
    file = OUT / f"{page}.md"
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join(f"| {' | '.join(row)} |" for row in lines)
    place = re.compile(rf"(<!-- table {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    text, count = place.subn(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", file.read_text("utf-8"))
    if count != 1:
        raise ValueError(f"{file} has no place for the table {name}")
    file.write_text(text, encoding="utf-8")
    print(f"{file}: {name}")


def peers(found: dict[str, Any]) -> Iterator[Sequence[str]]:
    """Give a row a peer, the one that answers most first; then those that could not run."""
    for row in sorted(found["peers"], key=lambda row: -row["asks_per_second"]):
        low, high = row["interval"]
        yield (
            row["title"],
            f"{number(row['asks_per_second'])} ({number(low)} to {number(high)})",
            *(
                f"{number(row[at]['p50_ms'])}, {number(row[at]['p99_ms'])}"
                + (f" ({row[at]['errors']} errors)" if row[at]["errors"] else "")
                for at in ("half", "nine_tenths")
            ),
            number(row["cpu_ms_per_ask"]),
            f"{row['memory_mb']:,.0f}",
            f"{row['cold_start_s']:.1f}",
            f"{row['f1']:.1f}",
            str(row["lines_of_user_code"]),
        )
    for name, reason in found["failed"].items():
        yield (name, f"could not run: {reason}", *[""] * (len(PEERS) - 2))


def shape(found: dict[str, Any]) -> Iterator[Sequence[str]]:
    """Give a row a format, the cheapest first; then those that could not run."""
    for name, row in sorted(found["formats"].items(), key=lambda item: item[1]["cpu_ms_per_ask"]):
        f1 = f"{row['f1']:.1f}" if "f1" in row else ""
        yield name, number(row["cpu_ms_per_ask"]), f"{row['useful_work_over_gemm_peak']:.2f}", f1
    for name, reason in found["failed"].items():
        yield name, "could not run", reason.replace("|", "/"), ""


def way(found: dict[str, Any]) -> Iterator[Sequence[str]]:
    """Give a row a way of asking, as they were measured."""
    for name, row in found.items():
        low, high = row["intervals"]["asks_per_second"]
        yield (
            name,
            f"{row['asks']:,}",
            f"{number(row['client_cpu_ms_per_ask'])}, {number(row['server_cpu_ms_per_ask'] or 0.0)}",
            f"{number(row['asks_per_second'])} ({number(low)} to {number(high)})",
            f"{number(row['p50_ms'])}, {number(row['p99_ms'])}",
        )


def main() -> None:
    """Fill all."""
    clients = latest("matrix-clients")["measured"]
    for many in (1, 16):
        fill("wire", f"clients-{many}", WAYS, list(way(clients[f"{many} clients"])))
    fill("batches", "batching", WAYS, list(way(latest("matrix-batching")["measured"]["8 clients"])))
    fill("batches", "streams", WAYS, list(way(latest("matrix-streams")["measured"])))
    fill("lengths", "lengths", WAYS, list(way(latest("matrix-lengths")["measured"])))
    fill("peers", "peers", PEERS, list(peers(latest("peers"))))
    for result in ("shapes", "shapes-random"):
        for name, found in latest(result)["shapes"].items():
            fill("shapes", name, SHAPES, list(shape(found)))


if __name__ == "__main__":
    main()
