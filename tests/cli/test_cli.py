from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def run(
    *arguments: str, stdin: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    code = "from tritonqa.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env=env,
    )


def test_ask_json_from_stdin_and_file(tmp_path: Path) -> None:
    text = "🤗 The first program was written by Ada Lovelace in 1843."
    (tmp_path / "c.txt").write_text(text, encoding="utf-8")
    for done in (
        run("ask", "Who wrote the first program?", "-c", "-", "--json", stdin=text),
        run("ask", "Who wrote the first program?", "-c", f"@{tmp_path / 'c.txt'}", "--json"),
    ):
        assert done.returncode == 0, done.stderr
        record = json.loads(done.stdout)
        assert set(record) == {"question", "answers", "no_answer"}
        answer = record["answers"][0]
        assert text[answer["start"] : answer["end"]] == answer["text"] == "Ada Lovelace"


def test_batch(tmp_path: Path) -> None:
    rows = [
        {"question": "Who sings?", "passages": ["Nina sings."]},
        {"question": "Who?", "context": "Bo ran."},
    ]
    (tmp_path / "asks.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = run("ask", "--batch", str(tmp_path / "asks.jsonl"), "--no-answer-threshold", "1")
    found = [json.loads(line)["answers"][0]["text"] for line in done.stdout.splitlines()]
    assert found[0] == "Nina" and len(found) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask", "", "-c", "x"], 2, "question is empty"),
        (["ask", "q"], 2, "context is missing"),
        (["ask", "q", "-c", "@/no/such/file"], 2, "can't be read"),
        (["ask", "q", "-c", "x", "--top-k", "0"], 2, "top_k must be"),
        (["ask", "q", "-c", "x", "--reader", "nobody"], 3, "no reader named 'nobody'"),
        (["ask", "q", "-c", "x", "--engine", "abacus"], 2, "engine 'abacus' is unknown"),
        (["evaluate", "/no/such/file"], 2, "can't be read"),
    ],
)
def test_errors_are_one_sentence_and_a_code(arguments: list[str], code: int, message: str) -> None:
    done = run(*arguments)
    assert done.returncode == code
    assert message in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_evaluate_gives_official_keys_and_plots(data: Path, tmp_path: Path) -> None:
    done = run(
        "evaluate",
        str(data / "squad-heldout-sample.json.gz"),
        "--json",
        "--output",
        str(tmp_path / "out.jsonl"),
        "--plots",
        str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert {"exact", "f1", "HasAns_f1", "NoAns_f1", "best_f1", "best_f1_thresh"} <= set(figures)
    assert figures["HasAns_f1"] > 60 and figures["best_f1"] > 55
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == figures["total"]
    assert (tmp_path / "reliability.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "risk-coverage.svg").stat().st_size > 1000


def test_doctor_measures(tmp_path: Path) -> None:
    import os

    done = run("doctor", "--seconds", "0.2", "--json", env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["chosen"] in [row["choice"] for row in record["measured"]]
    assert all(row["asks_per_second"] > 0 for row in record["measured"])
