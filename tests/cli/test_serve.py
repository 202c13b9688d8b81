"""tritonqa serve, as far as it goes without a server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tritonqa.cli.main import cli
from tritonqa.errors import InputError


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "reader").mkdir()
    (tmp_path / "reader" / "config.pbtxt").touch()
    return tmp_path


@pytest.mark.parametrize("asked", [["--cache"], ["--batch", "4"], ["--no-logits"], ["other-reader"]])
def test_a_repository_that_is_found_takes_no_options_of_its_models(
    repository: Path, asked: list[str]
) -> None:
    with pytest.raises(InputError, match=f"repository {repository} is there already"):
        CliRunner().invoke(cli, ["serve", *asked, "--repository", str(repository)], catch_exceptions=False)


@pytest.mark.parametrize("asked", [[], ["--http-port", "0"], ["--rate-limit", "1"]])
def test_a_repository_that_is_found_takes_options_of_the_server(
    repository: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    served: list[Path] = []
    monkeypatch.setattr("tritonqa.cli.commands.serve._run", lambda folder, *_: served.append(folder))
    CliRunner().invoke(cli, ["serve", *asked, "--repository", str(repository)], catch_exceptions=False)
    assert served == [repository]


def test_a_folder_without_models_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no models"):
        CliRunner().invoke(cli, ["serve", "--repository", str(tmp_path)], catch_exceptions=False)


@pytest.mark.parametrize(
    "asked",
    [["--build-only"], ["--json"], ["--logs", "json"], ["--rate-limit", "1"]],
    ids=lambda asked: asked[0],
)
def test_what_a_container_would_not_be_told_is_refused(tmp_path: Path, asked: list[str]) -> None:
    with pytest.raises(InputError, match=f"{asked[0]} does not go with --docker"):
        command = ["serve", "--docker", *asked, "--repository", str(tmp_path / "r")]
        CliRunner().invoke(cli, command, catch_exceptions=False)
    assert not (tmp_path / "r").exists()


def test_a_repository_that_is_found_is_not_written_over(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["serve", "--build-only", "--repository", str(tmp_path)])
    assert "exists already; choose another folder or remove it first" in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_a_backend_of_the_container_is_not_served_without_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="backend onnxruntime is in the container alone"):
        command = ["serve", "--backend", "onnxruntime", "--repository", str(tmp_path / "r")]
        CliRunner().invoke(cli, command, catch_exceptions=False)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--max-waiting", "0"),
        ("--ask-timeout", "nan"),
        ("--batch", "0"),
        ("--batch-delay", "-1"),
        ("--drain", "-1"),
        ("--grace", "-1"),
        ("--http-port", "70000"),
        ("--warmup", "x"),
    ],
)
def test_errors_name_the_option(option: str, value: str) -> None:
    with pytest.raises(InputError, match=f"^{option} must be"):
        CliRunner().invoke(cli, ["serve", option, value], catch_exceptions=False)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--no-logits", "--instances", "2"], "--no-logits leaves nothing"),
        (["--gpus"], "--gpus and --image go with --docker"),
        (["--image", "x"], "--gpus and --image go with --docker"),
    ],
)
def test_options_that_would_do_nothing_are_refused(asked: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(cli, ["serve", *asked], catch_exceptions=False)


def test_a_repository_is_written_where_nothing_else_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file" / "state"))
    command = ["serve", "--build-only", "--repository", str(tmp_path / "r"), "--json"]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert json.loads(done.output) == {"repository": str(tmp_path / "r")}
    assert (tmp_path / "r" / "reader" / "config.pbtxt").exists()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            ["--http-port", "9000", "--grpc-port", "9000"],
            "^--http-port, --grpc-port, --metrics-port must",
        ),
        (["--tls-certificate", "x"], "^--tls-certificate and --tls-key go together"),
        (["--tls-clients", "x"], "^--tls-clients needs --tls-certificate and --tls-key"),
        (
            ["--host", "unix:/tmp/x.sock"],
            "^--host 'unix:/tmp/x.sock' is a socket's file, and Triton",
        ),
        (["--docker", "--grace", "3"], "^--grace does not go with --docker"),
    ],
)
def test_several_options_are_named_as_they_are_typed(asked: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        CliRunner().invoke(cli, ["serve", *asked], catch_exceptions=False)
