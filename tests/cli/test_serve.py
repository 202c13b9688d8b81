"""tritonqa serve, as far as it goes without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tritonqa.cli.main import cli
from tritonqa.errors import InputError


@pytest.mark.parametrize("asked", [["--cache"], ["--batch", "4"], ["--no-encoder"], ["other-reader"]])
def test_a_repository_that_is_found_takes_no_options_of_its_models(tmp_path: Path, asked: list[str]) -> None:
    with pytest.raises(InputError, match=f"repository {tmp_path} is there already"):
        CliRunner().invoke(cli, ["serve", *asked, "--repository", str(tmp_path)], catch_exceptions=False)


@pytest.mark.parametrize("asked", [[], ["--http-port", "0"], ["--rate-limit", "1"]])
def test_a_repository_that_is_found_takes_options_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    served: list[Path] = []
    monkeypatch.setattr("tritonqa.cli.serve._run", lambda folder, *_: served.append(folder))
    CliRunner().invoke(cli, ["serve", *asked, "--repository", str(tmp_path)], catch_exceptions=False)
    assert served == [tmp_path]


def test_a_repository_that_is_found_is_not_written_over(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["serve", "--build-only", "--repository", str(tmp_path)])
    assert "exists already; choose another folder or remove it first" in str(done.exception)
    assert not list(tmp_path.iterdir())
