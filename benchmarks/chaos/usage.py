"""What client, server and supervisor hold: memory, files, threads; how much of it grew, and its plot."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from chaos.served import Served
from tritonqa.triton.server import processes

Usage: TypeAlias = dict[str, float]


def usage(served: Served) -> Usage:
    """Look at memory (MB), files and threads of each, and at shared memory (MB)."""
    try:
        server: Iterable[int] = processes.group(served.triton)
    except OSError:
        server = ()
    found: Usage = {}
    for name, pids in (("client", [os.getpid()]), ("server", server), ("supervisor", [served.supervisor])):
        found |= {f"{name} {what}": 0.0 for what in ("MB", "files", "threads")}
        for pid in pids:
            for what, value in _of(pid).items():
                found[f"{name} {what}"] += value
    return {**found, "shared MB": sum(map(_size, _shared(served))) / 2**20}


def _shared(served: Served) -> Iterator[Path]:
    for record in (served.state / "tritonqa" / "servers").glob("*.json"):
        yield from processes.SHARED_MEMORY.glob(f"{record.stem}*")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it was freed meanwhile
        return 0


def _of(pid: int) -> Usage:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        memory = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) / 1024
        files, threads = (len(list(Path(f"/proc/{pid}/{folder}").iterdir())) for folder in ("fd", "task"))
    except (OSError, StopIteration):  # it ended meanwhile
        return {}
    return {"MB": memory, "files": files, "threads": threads}


def growth(values: Sequence[float]) -> tuple[float, float]:
    """Return the middle of the second quarter and of the last."""
    quarter = max(1, len(values) // 4)
    parts = (sorted(values[quarter : 2 * quarter] or values), sorted(values[-quarter:]))
    early, late = (part[len(part) // 2] for part in parts)
    return early, late


def plot(seen: Sequence[Usage], events: Sequence[tuple[float, str]], path: Path) -> None:
    """Draw each against time, and the events as lines with numbers."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    names = [name for name in seen[0] if name != "at"]
    figure, axes = pyplot.subplots(len(names), figsize=(9, 1.3 * len(names) + 1), sharex=True)
    for name, axis in zip(names, axes, strict=True):
        axis.plot([row["at"] for row in seen], [row[name] for row in seen])
        axis.set_ylabel(name, rotation=0, ha="right")
        axis.set_ylim(bottom=0)
        for number, (at, _) in enumerate(events, 1):
            axis.axvline(at, color="grey", linestyle=":")
            if axis is axes[0]:
                axis.annotate(str(number), (at, 1.02), xycoords=("data", "axes fraction"), ha="center")
    told = [f"{number} {name}" for number, (_, name) in enumerate(events, 1)]
    lines = [", ".join(told[start : start + 5]) for start in range(0, len(told), 5)]
    axes[-1].set_xlabel("\n".join(["seconds", *lines]))
    figure.tight_layout()
    figure.savefig(path)
