"""Ask a server that is reloaded, killed and stopped; hold each answer to that of the reader in process.

python benchmarks/soak.py --asks 1000 --results DIR: ends with 1 where an ask was lost or answered wrongly, or
memory, files, threads or shared memory grew. DIR gets soak.json and a plot of each, soak.svg.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tritonqa import Answers, Reader
from tritonqa.bench.workload import squad_sample
from tritonqa.client import Connection
from tritonqa.engine import cpu
from tritonqa.errors import InputError, TritonQAError
from tritonqa.triton.server import processes

_MALFORMED = 0.05
_TOLERANCE = 2e-3  # of a probability, for engines of different processes
_GROWTH = 1.25  # times, from the second quarter to the last
_PORTS = ("--http-port", "0", "--grpc-port", "0", "--metrics-port", "0")
_BAD: tuple[tuple[Any, Any], ...] = (
    ("", "Ada."),
    ("Who?", []),
    ("Who?", ""),
    ("x" * 20_000, "Ada."),
    ("\ud800", "Ada."),
)


@dataclass
class Watched:
    """What was counted, and what was seen each second."""

    right: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    events: list[tuple[float, str]] = field(default_factory=list)
    seen: list[dict[str, float]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Count the asks that came to an end."""
        return self.right + self.refused + len(self.wrong) + sum(self.lost.values())


def main() -> None:
    """Run it and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asks", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--results", type=Path, default=Path("soak"))
    options = parser.parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    watched = Watched()
    with Reader() as reader:
        known = [(ask, reader.ask(ask.question, ask.passages)) for ask in squad_sample(fresh=False).asks]
    with tempfile.TemporaryDirectory() as state, _served(Path(state)) as (supervisor, places):
        _run(options, watched, known, supervisor, places, Path(state))
    report = _report(options, watched)
    (options.results / "soak.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    _plot(watched, options.results / "soak.svg")
    print(json.dumps({name: value for name, value in report.items() if name != "seen"}, indent=1))
    sys.exit(0 if report["well"] else 1)


@contextmanager
def _served(state: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    command = [
        sys.executable,
        "-c",
        "from tritonqa.cli.main import main; main()",
        "serve",
        "--json",
        "--no-logits",
    ]
    environment = {**os.environ, "XDG_STATE_HOME": str(state)}
    arguments = [*command, *_PORTS, "--logs", "none"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)


def _run(
    options: argparse.Namespace,
    watched: Watched,
    known: list[tuple[Any, Answers]],
    supervisor: subprocess.Popen[str],
    places: dict[str, str],
    state: Path,
) -> None:
    end, begun = threading.Event(), time.monotonic()
    turns = iter(range(options.asks))
    lock = threading.Lock()

    def client(number: int) -> None:
        chance = random.Random(number)
        url = places["grpc" if number % 2 else "http"]
        with Reader.load(url, connection=Connection(timeout=300, retries=1000)) as reader:
            while True:
                with lock:
                    if next(turns, None) is None:
                        return
                _ask(reader, watched, known, chance)

    def watch() -> None:
        while not end.wait(1.0):
            watched.seen.append(
                {"at": time.monotonic() - begun, "done": watched.done, **_used(supervisor.pid)}
            )

    threads = [threading.Thread(target=client, args=(i,)) for i in range(options.clients)]
    watcher = threading.Thread(target=watch)
    for thread in (*threads, watcher):
        thread.start()
    chaos = _chaos(supervisor.pid, places["http"], state)
    for i, (name, make) in enumerate(chaos, 1):
        while watched.done < options.asks * i // (len(chaos) + 1) and any(t.is_alive() for t in threads):
            time.sleep(0.1)
        watched.events.append((time.monotonic() - begun, _made(name, make)))
    for thread in threads:
        thread.join()
    end.set()
    watcher.join()


def _chaos(supervisor: int, http: str, state: Path) -> list[tuple[str, Callable[[], object]]]:
    return [
        ("reloaded", lambda: _update(http, state)),
        ("stub killed", lambda: os.kill(min(processes.stubs(_triton(supervisor))), signal.SIGKILL)),
        ("server killed", lambda: os.kill(_triton(supervisor), signal.SIGKILL)),
        ("stopped for 3 s", lambda: _stop(_triton(supervisor))),
        ("reloaded", lambda: _update(http, state)),
    ]


def _made(name: str, make: Callable[[], object]) -> str:
    try:
        make()
    except (OSError, ValueError, StopIteration) as error:
        return f"{name}: not possible ({error})"
    return name


def _ask(reader: Reader, watched: Watched, known: list[tuple[Any, Answers]], chance: random.Random) -> None:
    if chance.random() < _MALFORMED:
        try:
            watched.wrong.append(f"a malformed ask was answered: {reader.ask(*chance.choice(_BAD))}")
        except InputError:
            watched.refused += 1
        except TritonQAError as error:
            watched.lost[f"malformed: {error}"] += 1
        return
    ask, expected = chance.choice(known)
    try:
        found = reader.ask(ask.question, ask.passages)
    except TritonQAError as error:
        watched.lost[f"{type(error).__name__}: {error}"] += 1
        return
    if _same(found, expected):
        watched.right += 1
    else:
        watched.wrong.append(f"{ask.question}: {found.to_dict()} instead of {expected.to_dict()}")


def _same(found: Answers, expected: Answers) -> bool:
    places = [[(a.text, a.start, a.end, a.passage) for a in answers] for answers in (found, expected)]
    mine, theirs = ([*(a.score for a in answers), answers.no_answer] for answers in (found, expected))
    return places[0] == places[1] and all(abs(x - y) < _TOLERANCE for x, y in zip(mine, theirs, strict=True))


def _update(url: str, state: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from tritonqa.cli.main import main; main()",
        "triton",
        "update",
        "--server",
        url,
    ]
    subprocess.run(
        command, env={**os.environ, "XDG_STATE_HOME": str(state)}, check=False, capture_output=True
    )


def _stop(server: int) -> None:
    os.kill(server, signal.SIGSTOP)
    time.sleep(3)
    os.kill(server, signal.SIGCONT)


def _triton(supervisor: int) -> int:
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return next(int(child) for child in children)


def _used(supervisor: int) -> dict[str, float]:
    """Look at the client's and the server's memory (MB), files and threads, and at shared memory (MB)."""
    try:
        server = processes.group(_triton(supervisor))
    except (OSError, StopIteration):
        server = set()
    found: dict[str, float] = {}
    for name, pids in (("client", [os.getpid()]), ("server", server), ("supervisor", [supervisor])):
        found |= {f"{name} {what}": 0.0 for what in ("MB", "files", "threads")}
        for pid in pids:
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                found[f"{name} MB"] += (
                    next(int(line.split()[1]) for line in rollup if line.startswith("Pss:")) / 1024
                )
                found[f"{name} files"] += len(list(Path(f"/proc/{pid}/fd").iterdir()))
                found[f"{name} threads"] += len(list(Path(f"/proc/{pid}/task").iterdir()))
            except (OSError, StopIteration):
                continue  # it ended meanwhile
    found["shared MB"] = sum(path.stat().st_size for path in _shared()) / 2**20
    return found


def _shared() -> list[Path]:
    return [path for path in processes.SHARED_MEMORY.glob("tritonqa-*") if path.exists()]


def _report(options: argparse.Namespace, watched: Watched) -> dict[str, Any]:
    growth = {name: _growth([row[name] for row in watched.seen]) for name in watched.seen[0] if " " in name}
    lost, wrong = sum(watched.lost.values()), len(watched.wrong)
    grown = [name for name, (early, late) in growth.items() if early and late > _GROWTH * early]
    counts = {"asks": options.asks, "right": watched.right, "malformed_refused": watched.refused}
    return {
        "date": date.today().isoformat(),
        "machine": cpu.model(),
        **counts,
        "lost": lost,
        "wrong": wrong,
        "what_was_lost": dict(watched.lost.most_common(5)),
        "what_was_wrong": watched.wrong[:5],
        "events": watched.events,
        "seconds": round(watched.seen[-1]["at"], 1),
        "growth": growth,
        "grown": grown,
        "well": not (lost or wrong or grown) and watched.done == options.asks,
        "seen": watched.seen,
    }


def _growth(values: list[float]) -> tuple[float, float]:
    """Return the middle of the second quarter and of the last."""
    quarter = max(1, len(values) // 4)
    parts = (sorted(values[quarter : 2 * quarter] or values), sorted(values[-quarter:]))
    early, late = (part[len(part) // 2] for part in parts)
    return early, late


def _plot(watched: Watched, path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    names = [name for name in watched.seen[0] if name != "at"]
    figure, axes = pyplot.subplots(len(names), figsize=(9, 1.3 * len(names)), sharex=True)
    times = [row["at"] for row in watched.seen]
    for name, axis in zip(names, axes, strict=True):
        axis.plot(times, [row[name] for row in watched.seen])
        axis.set_ylabel(name, rotation=0, ha="right")
        axis.set_ylim(bottom=0)
        for at, _ in watched.events:
            axis.axvline(at, color="grey", linestyle=":")
    axes[-1].set_xlabel("seconds; dotted: " + ", ".join(name for _, name in watched.events))
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    main()
