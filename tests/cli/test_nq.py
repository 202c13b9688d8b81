from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.command import tritonqa as command
from tests.support.wait import eventually
from tritonqa.bundle import PageReading, amend
from tritonqa.cli.main import cli
from tritonqa.datasets.natural_questions import expand, read_predictions
from tritonqa.errors import OutputError
from tritonqa.reader.find import PACKAGED, find_bundle

PAGES = Path(__file__).parents[1] / "data" / "natural_questions"
DEV, TRAIN = PAGES / "simplified-dev-sample.jsonl.gz", PAGES / "simplified-train-sample.jsonl.gz"
RIGHT = {
    "example_id": 5328212470870865242,
    "long_answer": {"start_token": 212, "end_token": 310},
    "long_answer_score": 2.5,
    "short_answers": [{"start_token": 213, "end_token": 216}],
    "short_answers_score": 1.0,
}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    line = command("nq", *map(str, arguments))
    return subprocess.run(line, capture_output=True, text=True, check=False, encoding="utf-8")


def test_there_and_back_again(tmp_path: Path) -> None:
    official, simplified = tmp_path / "official.jsonl.gz", tmp_path / "simplified.jsonl"
    assert run("convert", DEV, "-o", official, "--to", "official").returncode == 0
    done = run("convert", official, "-o", simplified, "--to", "simplified", "--json")
    assert json.loads(done.stdout) == {"pages": 1, "output": str(simplified)}
    assert json.loads(simplified.read_text(encoding="utf-8")) == json.loads(gzip.open(DEV).read())
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(official.read_bytes()[:5000])
    refused = run("convert", broken, "-o", tmp_path / "none.jsonl", "--to", "official")
    assert refused.returncode == 2 and "broken.jsonl.gz is damaged or cut short" in refused.stderr
    assert not (tmp_path / "none.jsonl").exists()
    skipped = run("convert", broken, "-o", tmp_path / "none.jsonl", "--to", "official", "--skip-invalid")
    assert skipped.returncode == 0 and "wrote 0 pages" in skipped.stdout and "1 skipped" in skipped.stderr


def test_what_is_read_is_never_written_over_and_unknown_fields_come_through(tmp_path: Path) -> None:
    pages, predictions, new = tmp_path / "p.jsonl", tmp_path / "predictions.json", tmp_path / "new.jsonl"
    page = expand(json.loads(gzip.open(DEV).read())) | {"document_title": "a\ud800"}
    pages.write_text(json.dumps(page), encoding="utf-8")
    predictions.write_text(json.dumps({"predictions": [RIGHT]}), encoding="utf-8")
    for line in (
        ("convert", pages, "-o", pages, "--to", "simplified"),
        ("evaluate", pages, predictions, "--losses", pages),
        ("evaluate", pages, predictions, "--losses", predictions),
    ):
        with pytest.raises(OutputError, match="is one of the files to read; choose another place"):
            CliRunner().invoke(cli, ["nq", *map(str, line)], catch_exceptions=False)
    assert json.loads(pages.read_text(encoding="utf-8")) == page
    done = CliRunner().invoke(cli, ["nq", "convert", str(pages), "-o", str(new), "--to", "official"])
    assert done.exit_code == 0 and json.loads(new.read_text(encoding="utf-8")) == page


def test_scored_and_explained(tmp_path: Path) -> None:
    predictions, plots, losses = tmp_path / "predictions.json", tmp_path / "plots", tmp_path / "losses.jsonl"
    predictions.write_text(json.dumps({"predictions": [RIGHT]}), encoding="utf-8")
    done = run("evaluate", DEV, predictions, "--plots", plots, "--losses", losses)
    assert done.returncode == 0, done.stderr
    assert "best F1 100.00%" in done.stdout and "wrong span               0       1" in done.stdout
    assert {path.name for path in plots.iterdir()} == {"precision-recall.png", "precision-recall.svg"}
    loss = json.loads(losses.read_text(encoding="utf-8"))
    assert (loss["long"], loss["short"]) == ("right", "wrong span")
    refused = run("evaluate", DEV, TRAIN, predictions)
    assert refused.returncode == 2 and "1 pages have no prediction" in refused.stderr
    figures = json.loads(run("evaluate", DEV, TRAIN, predictions, "--missing-is-null", "--json").stdout)
    assert (figures["pages"], figures["long-best-threshold"], figures["long-null-recall"]) == (2, 2.5, 1.0)


def test_killed_and_resumed(tmp_path: Path) -> None:
    pages, output, whole = tmp_path / "pages.jsonl", tmp_path / "killed.json", tmp_path / "whole.json"
    page = json.loads(gzip.open(DEV).read())
    rows = ({**page, "example_id": i} for i in range(40))
    pages.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    line = command("nq", "predict", str(pages), "-o", str(output), "--engine", "toy")
    partial = tmp_path / "killed.json.partial"
    with subprocess.Popen(line, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        eventually(lambda: partial.exists() and partial.read_bytes().count(b"\n") > 3)
        process.kill()
    assert partial.exists() and not output.exists()
    refused = run("predict", pages, "-o", output, "--engine", "toy")
    assert refused.returncode == 2 and "go on with --resume" in refused.stderr
    done = run("predict", pages, "-o", output, "--engine", "toy", "--resume", "--json")
    assert json.loads(done.stdout)["pages"] == 40, done.stderr
    assert run("predict", pages, "-o", whole, "--engine", "toy").returncode == 0
    assert output.read_bytes() == whole.read_bytes()
    assert run("evaluate", DEV, whole, "--missing-is-null").returncode == 0


def test_pages_are_read_as_the_bundle_says_where_nothing_else_is_said(tmp_path: Path) -> None:
    packaged, folder, output = find_bundle(PACKAGED), tmp_path / "taught", tmp_path / "predictions.csv"
    shutil.copytree(packaged.folder, folder)
    amend(folder, replace(packaged.manifest, pages=PageReading("tag", 1e9, -1e9)))
    line = "predict", DEV, "-o", output, "--reader", folder, "--engine", "toy"
    assert run(*line).returncode == 0
    (found,) = read_predictions(output).values()
    assert (found.has_long, found.has_short) == (False, True)
    assert run(*line, "--long-threshold", "-1e9").returncode == 0
    (found,) = read_predictions(output).values()
    assert found.has_long
