"""Offer a server many times what it can do, and see what is answered, refused, and how soon.

    python benchmarks/overload.py [--times 10] [--seconds 8] [--rounds 3]

The sender shares the server's cores: what it takes is told. On cores that others use too the rate says
little; CPU-seconds an answered ask, of server and clients together, say the same. Both count from when the
queue is full.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from random import Random
from time import perf_counter
from typing import Any

from flood import Flood, Sent, flood, written
from record import record, spread
from server_cost import cpu_seconds, members, timed
from serving import Asks, crowd, many, serving

from tritonqa import Reader
from tritonqa.bench.steal import core_time
from tritonqa.bench.workload import squad_sample
from tritonqa.cli.signals import ended_by_term
from tritonqa.protocol.call import Call
from tritonqa.protocol.tensors import texts
from tritonqa.triton.repository.options import Limits

_WAITING = 64  # windows
_MESSAGES = 10_007
_FULL = 0.2  # of the time, after which the queue is full


def main() -> None:
    """Measure, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=float, default=10.0, help="what the server can do")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--asks", type=int, default=240)
    options = parser.parse_args()
    known = Random(0).sample(squad_sample(fresh=False).asks, options.asks)  # neighbours are of one length
    asks = [(ask.question, ask.passages[0]) for ask in known]
    record("overload", overload(asks, options.times, options.seconds, options.rounds))


@dataclass(frozen=True, slots=True)
class Flooded:
    """A flood; from when the queue was full to the last request: answers a second, cores that were used."""

    flood: Flood
    answered: float
    server: float
    sender: float


def overload(asks: Asks, times: float, seconds: float, rounds: int) -> dict[str, Any]:
    """Send so many times what the server can do, and see what is answered, refused, and how soon.

    What it can do is measured before and after each round.
    """
    inputs = [{"question": texts([question]), "passages": texts([passage])} for question, passage in asks]
    messages = [written(Call("reader", tensors, ("answers",))) for tensors in inputs]
    messages = Random(0).choices(
        messages, k=_MESSAGES
    )  # in turn, those that find room could be always the same
    begun, floods = core_time(), list[Flooded]()
    with serving(Limits(waiting=_WAITING)) as server, Reader.load(str(server.grpc)) as reader:
        processes = list(members(server).values())
        able = partial(timed, [os.getpid(), *processes], partial(crowd, reader, asks, 32))
        many(reader, asks)
        found = [able()]
        for _ in range(rounds):
            run = partial(flood, server.http, messages, times * found[-1]["rate"], seconds)
            floods.append(_flooded(processes, run, seconds))
            found.append(able())
    rates = [statistics.mean((before["rate"], after["rate"])) for before, after in pairwise(found)]
    costs = [statistics.mean((before["cpu_ms"], after["cpu_ms"])) for before, after in pairwise(found)]
    return {
        "stolen_share": core_time().since(begun).share,
        "times": times,
        "capacity": {"asks_per_second": spread(rates), "cpu_ms_per_ask": spread(costs)},
        "goodput_over_capacity": spread(
            [one.answered / rate for one, rate in zip(floods, rates, strict=True)]
        ),
        "goodput_over_capacity_by_cpu": spread(
            [
                one.answered * cost / 1000 / (one.server + one.sender)
                for one, cost in zip(floods, costs, strict=True)
            ]
        ),
        "queue_ms_at_most": 1000 * _WAITING / statistics.median(rates),
        **_sent(floods, seconds),
    }


def _flooded(processes: list[int], run: Callable[[], Flood], seconds: float) -> Flooded:
    """Flood, and read what was used meanwhile."""
    marks, begun = list[tuple[float, float, float]](), perf_counter()

    def mark() -> None:
        marks.append((perf_counter() - begun, cpu_seconds(processes), cpu_seconds([os.getpid()])))

    timers = [threading.Timer(after * seconds, mark) for after in (_FULL, 1)]
    for timer in timers:
        timer.start()
    found = run()
    for timer in timers:
        timer.join()
    (since, *_), (until, *_) = marks
    _, server, sender = ((after - before) / (until - since) for before, after in zip(*marks, strict=True))
    answered = sum(one.status == 200 and since <= one.until < until for one in found.sent)
    return Flooded(found, answered / (until - since), server, sender)


def _sent(floods: Sequence[Flooded], seconds: float) -> dict[str, Any]:
    """Say what the requests of all rounds met, and what the sender took."""
    sent = [one for flooded in floods for one in flooded.flood.sent]
    answered = [one for one in sent if one.status == 200]
    refused = [one for one in sent if one.status != 200]
    in_time = [
        one
        for flooded in floods
        for one in flooded.flood.sent
        if one.status != 200 and flooded.flood.in_time(one)
    ]
    stalled = sum(ended - begun for flooded in floods for begun, ended in flooded.flood.stalls)
    lasted = seconds * len(floods)
    return {
        "offered": len(sent) / lasted,
        "sender_cores": statistics.mean(one.sender for one in floods),
        "sender_stalled_share": stalled / lasted,
        "refused_share": len(refused) / len(sent),
        "answered_bytes_over_all": _size(answered) / _size(sent),
        "answered_ms": waited(answered),
        "refused_ms": waited(refused),
        "refused_in_time_share": len(in_time) / len(refused),
        "refused_in_time_ms": waited(in_time),
    }


def _size(sent: Sequence[Sent]) -> float:
    return statistics.mean(one.size for one in sent)


def waited(sent: Sequence[Sent]) -> dict[str, float]:
    """Say how long responses took, in milliseconds."""
    times = [1000 * (one.until - one.at) for one in sent]
    return {"p50": quantile(times, 0.5), "p99": quantile(times, 0.99)}


def quantile(values: list[float], share: float) -> float:
    """Return the value below which this share lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


if __name__ == "__main__":
    with ended_by_term():
        main()
