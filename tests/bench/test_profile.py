from __future__ import annotations

import pytest

from tests.support.wait import PATIENCE
from tritonqa.bench import BenchOptions, Load, Target, Workload, bench
from tritonqa.bench.profile import STAGES, Profiled, served_stages
from tritonqa.reader.in_process import InProcess


@pytest.mark.parametrize("load", [Load(clients=3), Load(rate=40.0)], ids=str)
def test_the_stages_of_an_ask_are_its_time(workload: Workload, load: Load) -> None:
    (run,) = bench([Target(engine="toy")], workload, [load], BenchOptions(0.4, 0.1, 1, profile=True)).runs
    assert run.stages is not None and [*run.stages] == [*STAGES, "hand back"]
    times = [stage["mean_ms"] for stage in run.stages.values()]
    assert min(times) >= 0 and times[2] > 0


def test_a_profiled_reader_answers_the_same(toy_backend: InProcess, workload: Workload) -> None:
    options = toy_backend.decoding
    plain = [toy_backend.answer(ask, options) for ask in workload.asks]
    timed = Profiled(toy_backend)
    assert [timed.answer(ask, options) for ask in workload.asks] == plain
    stages = timed.take(PATIENCE)
    assert stages["run"]["mean_ms"] > 0 and timed.take(1.0) == {}
    assert sum(stage["mean_ms"] for stage in stages.values()) == pytest.approx(1000 * PATIENCE)


def test_a_server_tells_of_queue_and_run() -> None:
    before = {"tritonqa_asks_begun": 10.0}
    after = {
        "tritonqa_asks_begun": 30.0,
        "tritonqa_queue_seconds": 0.4,
        "tritonqa_engine_seconds": 0.2,
    }
    found = served_stages(before, after, 0.05)
    means = {name: stage["mean_ms"] for name, stage in found.items()}
    assert means == pytest.approx({"queue": 20, "run": 10, "wire, tokenise, decode": 20})
    assert served_stages(after, after, 0.05) == {}
