from __future__ import annotations

from pathlib import Path

import pytest

from tritonqa.bench import BenchOptions, Load, Target, bench, steal
from tritonqa.bench.steal import CoreTime, core_time
from tritonqa.bench.workload import Workload


def test_what_others_took_is_read_from_what_the_kernel_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "stat"
    monkeypatch.setattr(steal, "_STAT", file)
    assert core_time().share is None
    file.write_text("cpu  10 0 20 60 0 0 0 10 5 0\ncpu0 1 2 3\n", encoding="ascii")
    before = core_time()
    assert before == CoreTime(10, 100) and before.share == 0.1
    file.write_text("cpu  20 0 20 100 0 0 0 60 9 0\n", encoding="ascii")
    assert core_time().since(before) == CoreTime(50, 100)


def test_a_round_of_which_all_was_stolen_has_figures(
    workload: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(100))
    monkeypatch.setattr("tritonqa.bench.subject.core_time", lambda: CoreTime(now := next(ticks), now))
    (run,) = bench([Target(engine="toy")], workload, [Load(clients=1)], BenchOptions(0.2, 0, 1)).runs
    assert run.stolen_share == 1 and run.intervals["asks_per_second"][1] > 100 * run.asks_per_second


def test_a_run_that_others_took_cores_from_says_so_and_could_be_faster(
    workload: Workload, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(100))

    def half() -> CoreTime:
        """Half of what passes is stolen."""
        now = next(ticks)
        return CoreTime(now, 2 * now)

    monkeypatch.setattr("tritonqa.bench.subject.core_time", half)
    (run,) = bench([Target(engine="toy")], workload, [Load(clients=1)], BenchOptions(0.3, 0, 1)).runs
    assert run.stolen_share == 0.5
    assert any("other guests of the host took 50% of this machine's cores" in note for note in run.notes)
    assert run.intervals["asks_per_second"][1] >= 2.8 * run.asks_per_second
    assert run.p50_ms is not None and run.intervals["p50_ms"][0] <= run.p50_ms / 2.8
