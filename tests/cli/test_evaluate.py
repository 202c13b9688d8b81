from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tritonqa.cli.main import cli
from tritonqa.errors import InputError, OutputError

ASKS = [
    {"id": 1, "question": "Who wrote it?", "context": "Ada wrote it.", "answers": ["Ada"]},
    {"id": 2, "question": "Who sold it?", "context": "Ada wrote it.", "answers": []},
]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["evaluate", *map(str, arguments)])


@pytest.fixture
def asks(tmp_path: Path) -> Path:
    path = tmp_path / "asks.jsonl"
    path.write_text("\n".join(map(json.dumps, ASKS)), encoding="utf-8")
    return path


def test_the_questions_are_not_written_over(asks: Path) -> None:
    before = asks.read_bytes()
    with pytest.raises(OutputError, match="output .* is one of the files to read"):
        CliRunner().invoke(cli, ["evaluate", str(asks), "--output", str(asks)], catch_exceptions=False)
    assert asks.read_bytes() == before


def test_predictions_of_output_score_as_they_were_counted(asks: Path, tmp_path: Path) -> None:
    output = tmp_path / "rows.jsonl"
    own = run(asks, "--engine", "toy", "--no-answer-threshold", "0.4", "--output", output, "--json")
    again = run(asks, "--predictions", output, "--json")
    assert own.exit_code == again.exit_code == 0, own.output + again.output
    first, second = json.loads(own.stdout), json.loads(again.stdout)
    assert {name: first[name] for name in ("exact", "f1", "total")} == {
        name: second[name] for name in ("exact", "f1", "total")
    }
    assert first["language"] == second["language"] == "en"


def test_questions_without_gold_get_predictions(asks: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.jsonl"
    rows = [{name: row[name] for name in ("id", "question", "context")} for row in ASKS]
    bare.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    refused = run(bare, "--engine", "toy")
    assert isinstance(refused.exception, InputError) and "line 1, question 1" in str(refused.exception)
    found = run(bare, "--engine", "toy", "--predict-only", "--no-answer-threshold", "1")
    lines = [json.loads(line) for line in found.stdout.splitlines()]
    assert [line["id"] for line in lines] == ["1", "2"]
    assert all(line["prediction"] == line["answers"][0]["text"] for line in lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--na-probs", "x.json"], "na-probs go with --predictions"),
        (["--predict-only", "--plots", "x"], "--predict-only scores nothing"),
        (["--language", "xx"], "language 'xx' is unknown"),
    ],
)
def test_what_does_not_go_together_is_said(asks: Path, options: list[str], message: str) -> None:
    found = run(asks, *options)
    assert isinstance(found.exception, InputError) and message in str(found.exception)
