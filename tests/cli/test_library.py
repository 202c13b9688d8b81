from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tritonqa.cli.main import cli
from tritonqa.errors import LibraryError

TEXT = "The warranty of the pump ends after 24 months. Ada Lovelace repairs it in Bremen.\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "handbook.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "docs" / "broken.pdf").write_bytes(b"%PDF-1.7 cut off")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def test_a_folder_is_indexed_asked_checked_and_forgotten(desk: Path) -> None:
    report = json.loads(run("index", "docs", "--library", "x.library", "--json").stdout)
    assert report["added"] == [str(desk / "docs" / "handbook.txt")]
    assert report["skipped"][0]["path"] == str(desk / "docs" / "broken.pdf")

    asked = ("ask", "When does the warranty end?", "--library", "x.library", "--engine", "toy")
    answers = json.loads(run(*asked, "--no-answer-threshold", "1", "--json").stdout)
    first = answers["answers"][0]
    assert TEXT[first["start"] : first["end"]] == first["text"] and first["status"] == "verified"
    assert {"document", "page", "page_label", "boxes", "context", "citations"} <= set(first)
    assert answers["searched"]["files"] == 1 and len(answers["searched"]["unreadable"]) == 1

    checked = run("library", "check", "x.library", "--asks", "3", "--engine", "toy", "--json")
    assert checked.exit_code == 0 and json.loads(checked.stdout)["differing"] == []

    assert json.loads(run("library", "status", "x.library", "--json").stdout)["passages"] == 1
    assert json.loads(run("library", "rebuild", "x.library", "--json").stdout)["without_vectors"] == 0
    assert "removed" in run("library", "remove", "x.library", "docs").stdout
    assert json.loads(run("library", "status", "x.library", "--json").stdout)["files"] == 0


def test_what_is_not_there_is_said_with_what_was_searched(desk: Path) -> None:
    asked = run("ask", "Who is queen?", "docs", "--library", "x.library", "--no-answer-threshold", "0")
    assert "not in these documents" in asked.stdout
    assert "searched 1 passages of 1 files" in asked.stdout and "broken.pdf" in asked.stdout
    assert "skipped" in asked.stderr


def test_a_library_that_is_not_there_is_named_with_the_command_that_makes_it(desk: Path) -> None:
    with pytest.raises(LibraryError, match="tritonqa index"):
        run("library", "status", "nowhere")
