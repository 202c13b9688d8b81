"""`tritonqa serve` with its options: the real server takes each, and does what it says."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.serving import ANSWER, PASSAGE, QUESTION, Served, command, metric, served, told
from tests.support.wait import PATIENCE
from tritonqa import Reader
from tritonqa.client import Address, connect
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server import processes

OPTIONS: tuple[str, ...] = (
    "--engine",
    "onnx",
    "--precision",
    "int8",
    "--warmup",
    "16,64",
    "--cache",
    "--versions",
    "2",
)
OPTIONS += ("--instances", "2", "--rate-limit", "1", "--batch", "4", "--batch-delay", "200")
OPTIONS += ("--max-waiting", "300", "--ask-timeout", str(PATIENCE))


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def running(runtime: Runtime, state: Path) -> Iterator[Served]:
    with served(state, *OPTIONS) as place:
        yield place


def said(*arguments: str, state: Path | None = None) -> dict[str, Any]:
    env = {**os.environ, **({"XDG_STATE_HOME": str(state)} if state else {})}
    done = subprocess.run(command(*arguments, "--json"), env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    record: dict[str, Any] = json.loads(done.stdout)
    return record


def test_the_configurations_are_those_asked_for(running: Served) -> None:
    client = connect(Address.parse(running.http))
    reader, logits = client.config("reader"), client.config("logits")
    client.close()
    assert reader["version_policy"]["latest"]["num_versions"] == 2
    for name, value in (("engine", "onnx"), ("precision", "int8"), ("warmup", "[16, 64]"), ("cache", "true")):
        assert reader["parameters"][name]["string_value"] == value
    assert json.loads(reader["parameters"]["limits"]["string_value"])["waiting"] == 300
    (group,) = logits["instance_group"]
    assert group["count"] == 2 and group["rate_limiter"]["resources"][0]["name"] == "logits"
    batching = logits["dynamic_batching"]
    assert logits["max_batch_size"] == 4 and batching["max_queue_delay_microseconds"] == 200
    assert "default_queue_policy" not in batching
    assert logits["parameters"]["limits"] == reader["parameters"]["limits"]
    assert len(processes.stubs(running.triton)) == 3


def test_the_encoder_answers_under_the_rate_limiter(running: Served) -> None:
    with Reader.load(engine=running.grpc) as remote:
        assert [a[0].text for a in remote.ask_many([(QUESTION, PASSAGE)] * 20)] == [ANSWER] * 20


def test_an_equal_ask_with_the_same_options_is_answered_from_the_cache(running: Served) -> None:
    passage = "Ada and Bob wrote it, Ada first."
    with Reader.load(running.grpc) as reader, Reader.load(running.http) as other:
        once = reader.ask(QUESTION, passage, no_answer_threshold=1.0)
        assert len(reader.ask(QUESTION, passage, top_k=2, no_answer_threshold=1.0)) == 2
        assert not reader.ask(QUESTION, passage, no_answer_threshold=0.0)
        told(running.http, running.metrics)
        before = [metric(running.metrics, name) for name in ("tritonqa_cached", "tritonqa_windows")]
        assert other.ask(QUESTION, passage, no_answer_threshold=1.0) == once
        assert len(other.ask(QUESTION, passage, top_k=2, no_answer_threshold=1.0)) == 2
    told(running.http, running.metrics)
    after = [metric(running.metrics, name) for name in ("tritonqa_cached", "tritonqa_windows")]
    assert after == [before[0] + 2, before[1]]


def test_two_versions_are_served(running: Served, state: Path) -> None:
    assert said("triton", "update", "--server", running.http, state=state)["version"] == 2
    body = json.dumps({"question": QUESTION, "passages": [PASSAGE]}).encode()
    for version in (1, 2):
        url = f"{running.http}/v2/models/reader/versions/{version}/generate"
        with urllib.request.urlopen(url, body, timeout=PATIENCE) as answer:
            assert json.load(answer)["text"] == ANSWER


def test_the_secret_is_not_on_the_command_line(running: Served, state: Path) -> None:
    (record,) = (state / "tritonqa" / "servers").glob("*.json")
    secret = json.loads(record.read_text())["secret"]
    line = Path(f"/proc/{running.triton}/cmdline").read_bytes()
    assert secret.encode() not in line and b"x-tritonqa-admin=***" in line
    assert record.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_doctor_and_inspect_visit_it(running: Served, protocol: str) -> None:
    url = getattr(running, protocol)
    found = said("doctor", "--reader", url, "--seconds", "0.4")
    assert found["server"] == "Triton 2.51.0" and found["ask_ms"] > 0 and found["asks_per_second"] > 0
    known = said("inspect", url)
    assert known["kind"] == "server" and known["limits"]["waiting"] == 300
    assert known["reader"].startswith("tritonqa-minilm")


def test_commands_take_its_address(running: Served, data: Path) -> None:
    found = said("ask", QUESTION, "-c", PASSAGE, "--reader", running.grpc)
    assert [answer["text"] for answer in found["answers"]] == [ANSWER]
    sample = str(data / "squad-heldout-sample.json.gz")
    assert said("evaluate", sample, "--reader", running.grpc)["exact"] > 30


def test_padding_is_what_was_computed(running: Served) -> None:
    names = ("tritonqa_tokens", "tritonqa_padding_tokens", "tritonqa_windows")
    told(running.http, running.metrics)
    before = {name: metric(running.metrics, name) for name in names}
    with Reader.load(running.http) as reader:
        reader.ask(QUESTION, PASSAGE + " Ada wrote a program for a machine that was never built.")
    told(running.http, running.metrics)
    tokens, padding, windows = (metric(running.metrics, name) - before[name] for name in names)
    assert windows == 1 and tokens > 10
    assert 0 <= padding < 8 and (tokens + padding) % 8 == 0
