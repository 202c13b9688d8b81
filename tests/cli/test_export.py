from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import checkpoints
from tests.support.command import tritonqa as command
from tests.support.wait import PATIENCE


def tritonqa(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=False, encoding="utf-8")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.make("bert", tmp_path_factory.mktemp("checkpoints") / "tiny")


@pytest.fixture(scope="module")
def asks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    row = {
        "id": "1",
        "question": "What is blue?",
        "context": "The sky is blue.",
        "answers": [{"text": "sky"}],
    }
    path = tmp_path_factory.mktemp("asks") / "asks.jsonl"
    path.write_text(json.dumps(row))
    return path


def test_exported_inspected_asked(checkpoint: Path, asks: Path, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    done = tritonqa("export", str(checkpoint), "-o", str(folder), "--asks", str(asks), "--licence", "MIT")
    assert done.returncode == 0, done.stderr
    assert "onnx/model.onnx" in done.stdout and "100.0%" in done.stdout and not done.stderr
    record = json.loads(tritonqa("inspect", str(folder), "--json").stdout)
    assert (record["kind"], record["licence"], record["calibration"]) == ("bundle", "MIT", None)
    assert record["formats"][0]["parity"]["same_answers"] == 1
    shown = tritonqa("inspect", str(folder)).stdout
    assert "max_difference" in shown and "calibration              none" in shown
    asked = tritonqa("ask", "What is blue?", "-c", "The sky is blue.", "--reader", str(folder), "--json")
    assert asked.returncode == 0, asked.stderr
    data = bytearray((folder / "onnx/model.onnx").read_bytes())
    data[-1] ^= 1
    (folder / "onnx/model.onnx").write_bytes(bytes(data))
    damaged = tritonqa("inspect", str(folder))
    assert damaged.returncode == 3 and "its sha256 differs" in damaged.stderr


def test_a_checkpoint_inspected(checkpoint: Path) -> None:
    record = json.loads(tritonqa("inspect", str(checkpoint), "--json").stdout)
    assert (record["kind"], record["architecture"]) == ("checkpoint", "BertForQuestionAnswering")
    assert record["weights"][0]["size"] == (checkpoint / "model.safetensors").stat().st_size


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["export", "{checkpoint}"], 2, "output is missing"),
        (["export", "{checkpoint}", "-o", "{tmp}/b", "-f", "onyx"], 2, "format 'onyx' is unknown"),
        (["export", "{tmp}", "-o", "{tmp}/b"], 6, "config.json is missing"),
        (["export", "no such", "-o", "{tmp}/b"], 2, "no such is no folder"),
        (["export", "{checkpoint}", "-o", "{tmp}"], 3, "exists already"),
        (["export", "{checkpoint}", "-o", "{tmp}/b", "--triton", "{tmp}"], 3, "exists already"),
        (["inspect", "{tmp}"], 6, "config.json is missing"),
        (["inspect", "nobody"], 3, "no reader named 'nobody'"),
    ],
)
def test_errors(arguments: list[str], code: int, message: str, checkpoint: Path, tmp_path: Path) -> None:
    done = tritonqa(*(word.format(checkpoint=checkpoint, tmp=tmp_path) for word in arguments))
    assert done.returncode == code and message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and limits")
def test_ended_or_out_of_space_nothing_stays(checkpoint: Path, asks: Path, tmp_path: Path) -> None:
    arguments = ["export", str(checkpoint), "-o", str(tmp_path / "bundle"), "--asks", str(asks)]
    full = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000)); "
        "from tritonqa.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", full, *arguments], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.returncode == 3 and "could not be written: File too large" in done.stderr, done.stderr
    assert not list(tmp_path.iterdir())
    code = "from tritonqa.cli.main import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stderr=subprocess.PIPE, text=True)
    while not list(tmp_path.iterdir()):
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and not list(tmp_path.iterdir())
