from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tritonqa.cli.main import cli
from tritonqa.errors import InputError


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["ask", *map(str, arguments), "--engine", "toy"])


def batch(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "asks.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


def test_what_a_line_bears_comes_back(tmp_path: Path) -> None:
    row = {
        "question": "Who led it?",
        "passages": [{"text": "Ada led it.", "id": 7}],
        "id": "q1",
        "shelf": ["a"],
    }
    done = run("--batch", batch(tmp_path, row, {**row, "id": "q2"}), "--no-answer-threshold", "1")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["id"], second["id"], first["shelf"]) == ("q1", "q2", ["a"])
    assert first["answers"][0]["id"] == 7 and first["answers"][0]["context"] == "Ada led it."


def test_a_line_has_options_of_its_own(tmp_path: Path) -> None:
    row = {"question": "Who led it?", "passages": "Ada led it. Grace led it.", "options": {"top_k": 2}}
    done = run("--batch", batch(tmp_path, row, {**row, "options": {}}), "--no-answer-threshold", "1")
    assert [len(json.loads(line)["answers"]) for line in done.stdout.splitlines()] == [2, 1]


def test_an_unknown_option_of_a_line_is_named(tmp_path: Path) -> None:
    row = {"question": "Who?", "passages": "Ada.", "options": {"topk": 2}}
    done = run("--batch", batch(tmp_path, row))
    assert isinstance(done.exception, InputError)
    assert "line 1: option 'topk' is unknown" in str(done.exception)


def test_a_text_that_begins_with_an_at_sign() -> None:
    done = run("Who wrote?", "--context", "@@ada wrote.", "--json", "--no-answer-threshold", "1")
    assert json.loads(done.stdout)["answers"][0]["context"] == "@ada wrote."


@pytest.mark.parametrize("option", ["--max-answer-tokens", "--min-score"])
def test_options_are_held_to_their_range(option: str) -> None:
    done = run("Who?", "--context", "Ada.", option, "-1")
    assert isinstance(done.exception, InputError) and option[2:].replace("-", "_") in str(done.exception)
