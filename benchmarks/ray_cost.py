"""CPU-seconds an ask of a bulk run on Ray against one in process, all processes of each counted.

    python benchmarks/ray_cost.py [--rows 600] [--rounds 3]

Ray starts once, on this machine; what is loaded and started is over before the count begins.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import ray
from record import record, spread
from server_cost import cpu_seconds

from tritonqa import Reader
from tritonqa.bench.steal import core_time
from tritonqa.bench.workload import squad_sample
from tritonqa.bulk import BulkOptions, bulk
from tritonqa.bulk.run import Step
from tritonqa.integrations.ray import bulk_on_ray
from tritonqa.reader.find import PACKAGED

_OPTIONS = BulkOptions(rows=20)
_BEGUN = 0.2  # of the rows, from which on is counted
_used: dict[int, float] = {}


def main() -> None:
    """Measure in turn, and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init("local", include_dashboard=False, log_to_driver=False)
    costs: dict[str, list[float]] = {"in process": [], "ray": []}
    before = core_time()
    with tempfile.TemporaryDirectory() as folder, Reader() as reader:
        inputs = [str(_written(Path(folder), options.rows))]
        for i in range(options.rounds):
            here = partial(bulk, reader, inputs, f"{folder}/here-{i}", _OPTIONS)
            there = partial(bulk_on_ray, PACKAGED, inputs, f"{folder}/ray-{i}", _OPTIONS)
            costs["in process"].append(_cost(here, options.rows))
            costs["ray"].append(_cost(there, options.rows))
    stolen = core_time().since(before).share
    ray.shutdown()
    ratios = [there / here for there, here in zip(costs["ray"], costs["in process"], strict=True)]
    seconds = {name: spread(values) for name, values in costs.items()}
    about = {"rows": options.rows, "rows_of_a_part": _OPTIONS.rows, "stolen_share": stolen}
    record("ray-cost", {**about, "cpu_seconds_per_ask": seconds, "ray_over_in_process": spread(ratios)})


def _written(folder: Path, rows: int) -> Path:
    """Write asks of SQuAD's sample, no text twice."""
    known = squad_sample(fresh=False).asks
    path = folder / "asks.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for i in range(rows):
            ask = known[i % len(known)]
            row = {"id": i, "question": ask.question, "passages": f"{ask.passages[0]} ({i})"}
            file.write(json.dumps(row) + "\n")
    return path


def _cost(run: Callable[[Step], object], rows: int) -> float:
    """Return the CPU-seconds an ask, from when a share of the rows was done to the end of the last."""
    marks: list[tuple[int, float]] = []

    def step(done: int, total: int | None) -> None:
        if (not marks and done >= _BEGUN * rows) or (len(marks) == 1 and done >= rows):
            marks.append((done, _all_cpu()))

    run(step)
    (first, before), (last, after) = marks
    return (after - before) / (last - first)


def _all_cpu() -> float:
    """Sum the CPU-seconds of this process and all that it started, those that ended as last seen."""
    ahead = [os.getpid()]
    while ahead:
        pid = ahead.pop()
        with suppress(OSError):  # it ended meanwhile
            _used[pid] = cpu_seconds([pid])
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                ahead += map(int, children.read_text().split())
    return sum(_used.values())


if __name__ == "__main__":
    main()
