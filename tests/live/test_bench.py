"""tritonqa bench on a real Triton: seen from outside, from several processes, and dying in the middle."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from tests.support.serving import LIMITS, metric
from tritonqa.bench import BenchOptions, Load, Target, Workload, bench, squad_sample
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.repository.options import Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.server import Server

ANY = Serving(http_port=0, grpc_port=0, metrics_port=0)
FEW = Workload("few", squad_sample().asks[:12])


def toy_server(runtime: Runtime, folder: Path) -> Server:
    build(find_bundle(PACKAGED), folder / "repository", Models(LIMITS, engine="toy"))
    return Server.start(runtime, folder / "repository", ANY)


def test_a_server_is_measured_beside_the_reader_in_process(runtime: Runtime, tmp_path: Path) -> None:
    with toy_server(runtime, tmp_path) as server:
        targets = [Target(engine="toy"), Target(str(server.grpc)), Target(str(server.http))]
        how = BenchOptions(0.6, 0.1, 2, profile=True)
        here, *served = bench(targets, FEW, [Load(clients=2)], how).runs
        for run, over in zip(served, ("grpc", "http"), strict=True):
            assert run.over == over and run.asks > 5 and run.errors == 0 and run.differing == 0 < run.compared
            assert run.server_cpu_ms_per_ask and run.memory_mb["server"] > 20
            assert run.stages is not None and [*run.stages][:2] == ["queue", "run"]
        assert here.server_cpu_ms_per_ask is None
        (run,) = bench(targets[1:2], FEW, [Load(rate=40.0)], BenchOptions(1, 0, 1, processes=2)).runs
        assert run.processes == 2 and run.asks == 40 and run.errors == 0


def test_a_server_that_dies_in_the_middle_is_said(runtime: Runtime, tmp_path: Path) -> None:
    with toy_server(runtime, tmp_path) as server:
        killed, answered = threading.Event(), (f"{server.metrics}/metrics", "nv_inference_request_success")

        def step(passed: float, total: float | None) -> None:
            if not killed.is_set() and passed > 0.5 and metric(*answered) > 50:
                killed.set()
                server.kill()

        how = BenchOptions(120, 0, 1)
        (run,) = bench([Target(str(server.grpc))], FEW, [Load(clients=2)], how, step=step).runs
        assert run.asks > 0 and run.errors > 0 and run.seconds < 100
        assert any("the round ended early: Unavailable: " in note for note in run.notes)


def test_a_server_that_stands_still_for_a_while_is_said_and_goes_on(runtime: Runtime, tmp_path: Path) -> None:
    with toy_server(runtime, tmp_path) as server:
        goes_on = threading.Timer(4, os.kill, (server.process.pid, signal.SIGCONT))

        def step(passed: float, total: float | None) -> None:
            if passed > 4 and goes_on.ident is None:
                os.kill(server.process.pid, signal.SIGSTOP)
                goes_on.start()

        how = BenchOptions(8, 0, 1)
        (run,) = bench([Target(str(server.grpc))], FEW, [Load(rate=40.0)], how, step=step).runs
        assert run.errors == 0 and run.asks == 320 and run.p99_ms is not None and run.p99_ms > 2000
        assert any("it slowed down" in note for note in run.notes)


def test_a_server_is_started_for_a_reader(runtime: Runtime) -> None:
    (run,) = bench([Target(engine="toy", over="http")], FEW, [Load(clients=1)], BenchOptions(0.3, 0, 1)).runs
    assert run.over == "http" and run.asks > 0 and run.server_cpu_ms_per_ask is not None
