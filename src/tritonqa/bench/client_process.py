"""A process that asks, beside others.

Lines of JSON on stdin: first what is asked of whom, then a round each; "stop" ends a round early. A line of
JSON on stdout for each: what happened, or an error.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections import Counter
from itertools import count
from queue import SimpleQueue
from typing import Any

import numpy as np

from tritonqa.bench.generator import Generated, run_round
from tritonqa.bench.load import Load
from tritonqa.bench.round import Round
from tritonqa.bench.samples import Samples
from tritonqa.bench.target import Target
from tritonqa.bench.workload import Workload
from tritonqa.errors import TritonQAError
from tritonqa.protocol.error_lines import to_line
from tritonqa.text import Ask

STOP = "stop"
_COLUMNS = ("number", "due", "sent", "done", "answers")


def main() -> None:
    """Open the target, then run a round for each line, until stdin ends; ^C is the parent's to heed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    setup = json.loads(sys.stdin.readline())
    asks = tuple(Ask(question, tuple(passages)) for question, passages in setup["asks"])
    workload = Workload(setup["name"], asks, setup["fresh"])
    try:
        backend = Target(**setup["target"]).open()
    except TritonQAError as error:
        _say({"error": to_line(error)})
        return
    _say({"ready": True})
    stop, rounds = threading.Event(), SimpleQueue[str]()
    threading.Thread(target=_read, args=(stop, rounds), daemon=True).start()
    numbers = count(setup["part"], setup["parts"])
    while line := rounds.get():
        stop.clear()
        given = json.loads(line)
        load = Load(**given.pop("load"))
        _say(written(run_round(Round(backend, workload, load, **given, numbers=numbers, stop=stop))))
    backend.close()


def written(made: Generated) -> dict[str, Any]:
    """Write what a round gave as JSON's types."""
    samples = made.samples
    return {
        "cpu": made.cpu,
        "busy": made.busy,
        "begin": samples.begin,
        "seconds": samples.seconds,
        "faults": dict(samples.faults),
        "gone": samples.gone,
        **{name: getattr(samples, name).tolist() for name in _COLUMNS},
    }


def read(record: dict[str, Any]) -> Generated:
    """Read what `written` wrote."""
    number, answers = (np.array(record[name], np.int64) for name in ("number", "answers"))
    due, sent, done = (np.array(record[name], np.float64) for name in ("due", "sent", "done"))
    ended = (Counter[str](record["faults"]), record["gone"])
    samples = Samples(record["begin"], record["seconds"], number, due, sent, done, answers, *ended)
    return Generated(samples, record["cpu"], record["busy"])


def _read(stop: threading.Event, rounds: SimpleQueue[str]) -> None:
    """Take lines as they come, for one may end the round that runs; the end of stdin ends all."""
    for line in sys.stdin:
        if line.strip() == STOP:
            stop.set()
        else:
            rounds.put(line)
    stop.set()
    rounds.put("")


def _say(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()
