from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.library import samples
from tritonqa.cli.main import cli
from tritonqa.library.library import Library


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "handbook.pdf").write_bytes(samples.pdf())
    (folder / "parts.csv").write_bytes(samples.csv())
    with Library(folder / "library") as library:
        library.add([folder / "handbook.pdf", folder / "parts.csv"], vectors=False)
    return folder


def run(desk: Path, text: str, *options: str) -> Result:
    return CliRunner().invoke(cli, ["verify", "-", "--library", str(desk / "library"), *options], input=text)


def test_quotations_are_looked_for_and_the_exit_code_tells(desk: Path) -> None:
    result = run(desk, f'It says "{samples.PLAIN}"', "--json")
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)["quotations"]
    assert found["status"] == "verified" and found["page"] == 2
    assert found["document"] == str(desk / "handbook.pdf") and found["found"] == samples.PLAIN
    wrong = run(desk, f'It says "{samples.PLAIN.replace("24", "36")}" and "nothing of the kind".', "--json")
    assert wrong.exit_code == 1
    assert [one["status"] for one in json.loads(wrong.stdout)["quotations"]] == ["repaired", "not_found"]


def test_people_read_what_it_should_have_said_and_where(desk: Path) -> None:
    result = run(desk, '"The warranty ends after 36 months."')
    assert result.stdout.splitlines() == [
        "repaired   The warranty ends after 36 months.",
        f"  it says: {samples.PLAIN}",
        f"  {desk / 'handbook.pdf'}, page 2, characters 21 to 55",
    ]


def test_claims_are_looked_for_where_nothing_is_quoted(desk: Path) -> None:
    silent = run(desk, samples.PLAIN)
    assert silent.exit_code == 0 and "quotes nothing; --sentences" in silent.stderr
    claimed = run(desk, f"{samples.PLAIN} The moon is made of green cheese.", "--sentences", "--json")
    assert [one["status"] for one in json.loads(claimed.stdout)["quotations"]] == ["verified", "not_found"]


def test_a_file_that_changed_since_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("The pump was mended in May.", encoding="utf-8")
    with Library(tmp_path / "library") as library:
        library.add(path, vectors=False)
    path.write_text("The pump was never mended.", encoding="utf-8")
    result = run(tmp_path, '"mended in May"')
    assert "notes.txt changed since it was indexed; index it again" in result.stderr


def test_what_is_no_text_is_refused(desk: Path, tmp_path: Path) -> None:
    path = tmp_path / "noise.txt"
    path.write_bytes(bytes(range(256)) * 9)
    result = CliRunner().invoke(cli, ["verify", str(path), "--library", str(desk / "library")])
    assert f"{path} is not text" in str(result.exception)
