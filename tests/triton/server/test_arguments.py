from __future__ import annotations

from pathlib import Path

import pytest

from tritonqa.client.keepalive import grpc_options
from tritonqa.triton.repository.schema import InstanceGroup, ModelConfig, to_pbtxt
from tritonqa.triton.server.arguments import listening_arguments, serving_arguments
from tritonqa.triton.server.options import Serving


def written(repository: Path, model: str) -> Path:
    config = ModelConfig(
        name=model, input=(), output=(), instance_group=(InstanceGroup(),), parameters={"rate_limit": "3"}
    )
    (repository / model).mkdir()
    (repository / model / "config.pbtxt").write_text(to_pbtxt(config))
    return repository


def test_what_manages_the_server_is_closed_by_its_secret(tmp_path: Path) -> None:
    closed = [word for word in serving_arguments(tmp_path, "secret", 3) if "restricted" in word]
    assert len(closed) == 2
    assert all("model-repository" in word and word.endswith(":x-tritonqa-admin=secret") for word in closed)


@pytest.mark.parametrize("model", ["logits", "encoder"])
@pytest.mark.parametrize(("given", "limit"), [(None, 3), (2, 2)])
def test_a_repository_says_its_rate_limit(tmp_path: Path, model: str, given: int | None, limit: int) -> None:
    found = serving_arguments(written(tmp_path, model), "secret", 3, given)
    assert found[-2:] == ["--rate-limit=execution_count", f"--rate-limit-resource={model}:{limit}"]


def test_ipv6_is_written_as_triton_takes_it() -> None:
    found = listening_arguments(Serving(host="::1"))
    assert {"--http-address=ipv6:::1", "--grpc-address=[::1]", "--metrics-address=ipv6:::1"} <= set(found)


def test_clients_may_ping_as_often_as_ours_do(tmp_path: Path) -> None:
    flags = dict(word.split("=", 1) for word in serving_arguments(tmp_path, "secret", 3) if "=" in word)
    allowed = int(flags["--grpc-http2-min-recv-ping-interval-without-data"])
    assert all(dict(grpc_options(timeout))["grpc.keepalive_time_ms"] > allowed for timeout in (0.1, 60, 3600))
