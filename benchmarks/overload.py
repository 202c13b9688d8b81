"""Offer a server many times what it can do, and see what is answered, refused, and how soon.

    python benchmarks/overload.py [--times 10] [--seconds 10]

The sender shares the server's cores: what it takes is told, and goodput is what is left for the server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
from collections.abc import Sequence
from functools import partial
from typing import Any

from flood import Sent, flood, written
from record import record
from server_cost import cpu_seconds, timed
from serving import Asks, crowd, many, serving

from tritonqa import Reader
from tritonqa.bench.workload import squad_sample
from tritonqa.cli.signals import ended_by_term
from tritonqa.protocol.call import Call
from tritonqa.protocol.tensors import texts
from tritonqa.triton.repository.options import Limits


def main() -> None:
    """Measure, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=float, default=10.0, help="what the server can do")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--asks", type=int, default=240)
    options = parser.parse_args()
    asks = [(ask.question, ask.passages[0]) for ask in squad_sample(fresh=False).asks[: options.asks]]
    record("overload", overload(asks, options.times, options.seconds))


def overload(asks: Asks, times: float, seconds: float) -> dict[str, Any]:
    """Send so many times what the server can do, and see what is answered, refused, and how soon.

    What it can do is measured before and after.
    """
    waiting = 64
    inputs = [{"question": texts([question]), "passages": texts([passage])} for question, passage in asks]
    messages = [written(Call("reader", tensors, ("answers",))) for tensors in inputs]
    with serving(Limits(waiting=waiting)) as server, Reader.load(str(server.grpc)) as reader:
        able = partial(timed, [server.process.pid], partial(crowd, reader, asks * 3, 32))
        many(reader, asks)
        before, used = able()["rate"], cpu_seconds([os.getpid()])
        flooded = asyncio.run(flood(server.http, messages, times * before, seconds))
        sender = (cpu_seconds([os.getpid()]) - used) / seconds
        after = able()["rate"]
    capacity = statistics.mean((before, after))
    sent = flooded.sent
    answered = [one for one in sent if one.status == 200]
    refused = [one for one in sent if one.status != 200]
    in_time = [one for one in refused if flooded.in_time(one)]
    return {
        "capacity": {"before": before, "after": after},
        "times": times,
        "offered": len(sent) / seconds,
        "sender_cores": sender,
        "sender_stalled_share": sum(ended - begun for begun, ended in flooded.stalls) / seconds,
        "goodput_over_capacity": sum(one.until <= seconds for one in answered) / seconds / capacity,
        "refused_share": len(refused) / len(sent),
        "queue_ms_at_most": 1000 * waiting / capacity,
        "answered_ms": waited(answered),
        "refused_ms": waited(refused),
        "refused_in_time_share": len(in_time) / len(refused),
        "refused_in_time_ms": waited(in_time),
    }


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
