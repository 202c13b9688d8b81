from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support import checkpoints
from tests.support.command import tritonqa as command
from tritonqa.datasets import load_squad, save_examples

pytestmark = pytest.mark.slow

FEW = "import tritonqa.train.run as run; run._VERIFIED_ON = 20"  # a thousand tell no more of so tiny a reader


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments, before=FEW), capture_output=True, text=True, check=False, encoding="utf-8"
    )


def test_trained_shown_and_refused(tmp_path: Path) -> None:
    source = checkpoints.make("bert", tmp_path / "tiny")
    data, folder = str(tmp_path / "data.jsonl"), tmp_path / "mine"
    save_examples(Path(data), load_squad(checkpoints.SAMPLE).examples[::4])
    options = (
        "--reader",
        str(source),
        "--epochs",
        "0.2",
        "--least-steps",
        "3",
        "--max-f1-loss",
        "100",
        "--json",
    )
    done = run("train", "--data", data, "-o", str(folder), *options)
    assert done.returncode == 0 and not done.stderr, done.stderr
    record = json.loads(done.stdout)
    assert record["learnt"] + record["held_out"] == 59
    assert {"f1", "best_f1"} <= set(record["before"]) & set(record["after"])
    assert json.loads((folder / "bundle.json").read_text())["formats"] == record["bundle"]["formats"]
    again = run("train", "--data", data, "-o", str(folder), "--reader", str(source))
    assert again.returncode == 3 and "exists already" in again.stderr
    wrong = tmp_path / "wrong.jsonl"
    row = {"id": "7", "question": "Who?", "answers": [{"text": "Bob", "answer_start": 0}]}
    wrong.write_text(
        "".join(json.dumps({**row, "id": str(7 + i), "context": f"Ada {i}."}) + "\n" for i in range(3))
    )
    refused = run("train", "--data", str(wrong), "-o", str(tmp_path / "other"), "--reader", str(source))
    assert refused.returncode == 2 and "answers of 3 of 3 questions are not where" in refused.stderr
    assert "question 7: 'Bob' is not in the context at 0" in refused.stderr
    assert not (tmp_path / "other").exists() and not (tmp_path / "other.training").exists()
