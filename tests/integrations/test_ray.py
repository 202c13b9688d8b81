from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import tritonqa
from tests.support.wait import eventually
from tritonqa import Reader
from tritonqa.bulk import BulkOptions, bulk
from tritonqa.errors import InputError, Unavailable

pytest.importorskip("ray", reason="needs tritonqa[ray]")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Ray's clusters need Unix"),
]
# Ray leaves sockets and subprocesses of its own to the interpreter's end.
pytestmark += [pytest.mark.filterwarnings("ignore"), pytest.mark.xdist_group("live")]


# A machine that is busy with other tests answers late; only what is killed is dead.
_PATIENT = {"health_check_timeout_ms": 120_000, "health_check_failure_threshold": 100}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Three nodes of one CPU on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        from ray.cluster_utils import Cluster

        memory: dict[str, Any] = {"num_cpus": 1, "object_store_memory": 80_000_000}
        found: Any = Cluster(
            initialize_head=True,
            head_node_args={**memory, "include_dashboard": False, "_system_config": _PATIENT},
        )
        for _ in range(2):
            found.add_node(**memory)
        yield found
        found.shutdown()


def test_a_node_that_dies_costs_no_row(cluster: Any, tmp_path: Path) -> None:
    from tritonqa.integrations.ray import bulk_on_ray

    source = tmp_path / "asks.jsonl"
    rows = [{"id": i, "question": f"Who wrote {i}?", "passages": f"Ada wrote {i}."} for i in range(200)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    victims = list(cluster.worker_nodes)[:1]

    def kill(done: int, total: int | None) -> None:
        assert total == 200
        while done >= 40 and victims:
            cluster.remove_node(victims.pop(), allow_graceful=False)

    options, inputs = BulkOptions(rows=10), [str(source)]
    found = bulk_on_ray(
        "tritonqa-minilm",
        inputs,
        str(tmp_path / "ray"),
        options,
        kill,
        address=cluster.address,
        loading={"engine": "toy"},
    )
    assert (found.rows, found.answers, found.parts, victims) == (200, 200, 20, [])
    with Reader.load(engine="toy") as reader:
        bulk(reader, inputs, str(tmp_path / "here"), options)
    parts = {path.name: path.read_bytes() for path in (tmp_path / "here").glob("part-*")}
    assert {path.name: path.read_bytes() for path in (tmp_path / "ray").glob("part-*")} == parts

    with pytest.raises(InputError, match="engine .no such. is unknown"):
        bulk_on_ray(
            "tritonqa-minilm",
            inputs,
            str(tmp_path / "other"),
            address=cluster.address,
            loading={"engine": "no such"},
        )


def test_no_cluster_there_is_said(tmp_path: Path) -> None:
    from tritonqa.integrations.ray import bulk_on_ray

    source = tmp_path / "asks.jsonl"
    source.write_text(json.dumps({"question": "Who?", "passages": "Ada."}) + "\n")
    with pytest.raises(Unavailable, match="no Ray cluster answers at 127.0.0.1:1"):
        bulk_on_ray("tritonqa-minilm", [str(source)], str(tmp_path / "out"), address="127.0.0.1:1")


def test_a_cluster_that_is_lost_is_said_and_the_run_goes_on_without_it(tmp_path: Path) -> None:
    from ray.cluster_utils import Cluster

    source, out = tmp_path / "asks.jsonl", tmp_path / "out"
    text = "Ada wrote it. " * 20
    rows = [{"id": i, "question": f"Who wrote {i}?", "passages": f"{text} {i}"} for i in range(1000)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    node = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}
    other: Any = Cluster(initialize_head=True, head_node_args=node)
    run = tritonqa("bulk", str(source), "-o", str(out), "--rows", "1", "--ray", other.address)
    with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        eventually(lambda: process.poll() is not None or len(list(out.glob("part-*"))) > 2)
        other.head_node.kill_all_processes(check_alive=False, allow_graceful=False)
        _, told = process.communicate()
    assert process.returncode == 4 and told.startswith("error: all nodes of the Ray cluster are lost; start")
    assert len(told.splitlines()) == 1
    with Reader.load(engine="toy") as reader:
        done = bulk(reader, [str(source)], str(out), BulkOptions(rows=1))
    assert done.rows == done.answers == 1000 and done.parts_before > 2
