"""Ask a server to which things happen; hold each answer to that of the reader in process.

python benchmarks/soak.py --asks 1000 --results DIR [--engine toy]: ends with 1 where an ask was lost or
answered wrongly, or memory, files, threads or shared memory grew. DIR gets soak.json and a plot of each,
soak.svg. As root the server has a network namespace and a small disk, which are cut and filled; else that
is left out, and told.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from chaos.disk import small_disk
from chaos.events import EVENTS, Event
from chaos.network import network
from chaos.served import Served, served
from chaos.usage import Usage, growth, plot, usage

from tritonqa import Answers, Reader
from tritonqa.bench.workload import squad_sample
from tritonqa.client import Connection
from tritonqa.engine import cpu
from tritonqa.errors import InputError, TritonQAError
from tritonqa.text import Ask

_MALFORMED = 0.05
_TOLERANCE = 2e-3  # of a probability, for engines of different processes
_GROWTH = 1.25  # times, from the second quarter to the last
_SEVERAL = 8  # every eighth ask has as many passages as a search gives
_PASSAGES = 3
_KEPT = 300  # rows of what was seen, in the report
_PATIENT = Connection(timeout=300, retries=1000)
_BAD: tuple[tuple[Any, Any], ...] = (
    ("", "Ada."),
    ("Who?", []),
    ("Who?", ""),
    ("x" * 20_000, "Ada."),
    ("\ud800", "Ada."),
)


@dataclass
class Watched:
    """What was counted, what happened, and what was seen each second."""

    right: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    events: list[tuple[float, str]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    seen: list[Usage] = field(default_factory=list)

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
    parser.add_argument("--engine", help="Of the server and of the reader that it is held to.")
    options = parser.parse_args()
    options.results.mkdir(parents=True, exist_ok=True)
    watched = Watched()
    with Reader.load(engine=options.engine) as reader:
        known = [(ask, reader.ask(ask.question, ask.passages)) for ask in _asks()]
    with network() as far, small_disk() as state:
        os.environ["no_proxy"] = far.host
        with served(state, far, options.engine) as place:
            _run(options, watched, known, place)
    report = _report(options, watched)
    (options.results / "soak.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    plot(watched.seen, watched.events, options.results / "soak.svg")
    print(json.dumps({name: value for name, value in report.items() if name != "seen"}, indent=1))
    sys.exit(0 if report["well"] else 1)


def _asks() -> list[Ask]:
    """Return the packaged sample of SQuAD, some of its questions over several passages."""
    known = squad_sample(fresh=False).asks
    several = [
        Ask.of(ask.question, [text for near in known[i : i + _PASSAGES] for text in near.passages])
        for i, ask in enumerate(known)
        if i % _SEVERAL == 0
    ]
    return [*known, *several]


def _run(
    options: argparse.Namespace, watched: Watched, known: list[tuple[Ask, Answers]], place: Served
) -> None:
    end, begun, lock = threading.Event(), time.monotonic(), threading.Lock()
    turns = iter(range(options.asks))

    def client(number: int) -> None:
        chance = random.Random(number)
        with Reader.load(place.grpc if number % 2 else place.http, connection=_PATIENT) as reader:
            while True:
                with lock:
                    if next(turns, None) is None:
                        return
                _ask(reader, watched, known, chance)

    def watch() -> None:
        while not end.wait(1.0):
            watched.seen.append({"at": time.monotonic() - begun, "done": float(watched.done), **usage(place)})

    threads = [threading.Thread(target=client, args=(i,)) for i in range(options.clients)]
    watcher = threading.Thread(target=watch)
    for thread in (*threads, watcher):
        thread.start()
    step, due = options.asks // (len(EVENTS) + 1), 0
    for i, event in enumerate(EVENTS, 1):
        due = max(step * i, due)
        while watched.done < due and any(thread.is_alive() for thread in threads):
            time.sleep(0.1)
        watched.events.append((time.monotonic() - begun, _made(event, place, watched)))
        due = watched.done + step // 2  # the server is well again before the next
    for thread in threads:
        thread.join()
    end.set()
    watcher.join()


def _made(event: Event, place: Served, watched: Watched) -> str:
    name, make = event
    try:
        wrong = make(place)
    except (OSError, ValueError) as error:
        return f"{name}: not possible ({error})"
    if wrong:
        watched.failed.append(wrong)
    return name


def _ask(reader: Reader, watched: Watched, known: list[tuple[Ask, Answers]], chance: random.Random) -> None:
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


def _report(options: argparse.Namespace, watched: Watched) -> dict[str, Any]:
    grew = {name: growth([row[name] for row in watched.seen]) for name in watched.seen[0] if " " in name}
    lost, wrong = sum(watched.lost.values()), len(watched.wrong)
    grown = [name for name, (early, late) in grew.items() if early and late > _GROWTH * early]
    return {
        "date": date.today().isoformat(),
        "machine": cpu.model(),
        "asks": options.asks,
        "engine": options.engine or "the packaged reader's",
        "right": watched.right,
        "malformed_refused": watched.refused,
        "lost": lost,
        "wrong": wrong,
        "what_was_lost": dict(watched.lost.most_common(5)),
        "what_was_wrong": watched.wrong[:5],
        "events": watched.events,
        "what_failed": watched.failed,
        "after_events": _after_events(watched),
        "seconds": round(watched.seen[-1]["at"], 1),
        "growth": grew,
        "grown": grown,
        "well": not (lost or wrong or grown or watched.failed) and watched.done == options.asks,
        "seen": watched.seen[:: max(1, len(watched.seen) // _KEPT)],
    }


def _after_events(watched: Watched) -> list[dict[str, Any]]:
    """Say what was seen last before the next event: what stays of each."""
    ends = [at for at, _ in watched.events[1:]] + [float("inf")]
    last = [[row for row in watched.seen if row["at"] < end][-1] for end in ends]
    return [{"event": name, **row} for (_, name), row in zip(watched.events, last, strict=True)]


if __name__ == "__main__":
    main()
