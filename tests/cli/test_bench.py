from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.command import on_terminal, tritonqa
from tritonqa.cli.main import cli
from tritonqa.errors import BundleError, InputError, OutputError, Unavailable

QUICK = ("--engine", "toy", "--seconds", "0.4", "--warmup", "0.1", "--rounds", "1")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        tritonqa("bench", *arguments), capture_output=True, text=True, check=False, encoding="utf-8"
    )


def test_json_report_and_comparison(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    done = run("--clients", "2", *QUICK, "--json", "--report", str(report))
    assert done.returncode == 0 and done.stderr == "", done.stderr
    (found,) = json.loads(done.stdout)["runs"]
    assert found["clients"] == 2 and found["asks"] > 0
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(done.stdout, encoding="utf-8")
    pairs = (str(tmp_path / "a.json"), str(tmp_path / "b.json"))
    done = run("--compare", *pairs)
    assert "tritonqa-minilm on toy, 2 clients: within noise" in done.stdout
    thrice = ("--compare", *pairs) * 3
    assert json.loads(run(*thrice, "--json").stdout)["pairs"][0]["verdict"] == "within noise"


def test_a_table_for_people() -> None:
    done = run("--rate", "20", *QUICK)
    head, row, *_ = done.stdout.splitlines()
    assert head.split()[:3] == ["reader", "engine", "load"] and "20 asks/s" in row


def test_a_bar_on_a_terminal() -> None:
    assert "seconds" in on_terminal(tritonqa("bench", "--clients", "1", *QUICK))


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (("--clients", "1", "--rate", "2"), InputError, "--clients and --rate exclude each other"),
        (("--clients", "1", "--sweep"), InputError, "--clients and --sweep exclude each other"),
        (("--clients", "0"), InputError, "clients must be at least 1"),
        (("--asks", "nowhere.jsonl"), InputError, "nowhere.jsonl can't be read"),
        (("--words", "many"), InputError, "--words must be lengths"),
        (("--report", "nowhere/report.html"), OutputError, "report nowhere/report.html can't be written"),
        (("nobody",), BundleError, "no reader named 'nobody'"),
        (("grpc://127.0.0.1:9",), InputError, "grpc://127.0.0.1:9 runs its own"),
        (("--compare", "nowhere.json", "nowhere.json"), InputError, "nowhere.json can't be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_can_not_be_measured_is_said_at_once(
    arguments: tuple[str, ...],
    kind: type[Exception],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=re.escape(message)):
        cli.main(["bench", *arguments, *QUICK], standalone_mode=False)


def test_nothing_answers_at_an_address() -> None:
    with pytest.raises(Unavailable, match="nothing answers at grpc://127.0.0.1:9"):
        cli.main(["bench", "grpc://127.0.0.1:9", "--seconds", "0.2"], standalone_mode=False)


def test_an_interrupt_reports_what_was_measured(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    command = tritonqa("bench", "--clients", "1", *QUICK, "--seconds", "600")
    with subprocess.Popen(
        [*command, "--json", "--report", str(report)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not any(tmp_path.iterdir()):  # the report is staged: whoever interrupts now is heeded
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130 and err.splitlines()[-1] == "interrupted"
    assert json.loads(out)["interrupted"] and report.exists()
