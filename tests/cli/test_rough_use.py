"""What happens to a command whose user, terminal, disk or input is not as it should be."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command import on_terminal, tritonqa
from tests.support.engines import ENGINES
from tests.support.wait import PATIENCE

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="needs signals, terminals and devices of POSIX"
)

TOY = ("--engine", "toy", "--no-answer-threshold", "1")
CAN_INTERRUPT = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


@pytest.fixture(scope="module")
def asks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("asks") / "asks.jsonl"
    row = {"question": "When was the tower built?", "passages": ["The tower was built in 1071 by masons."]}
    path.write_text((json.dumps(row) + "\n") * 20_000, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def long_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "long.txt"
    text = "".join(f"Tower number {i} was built by the guild of masons in {i}. " for i in range(180_000))
    path.write_text(text[:9_999_900] + "The password of the vault is kestrel.", encoding="utf-8")
    return path


@pytest.mark.parametrize("engine", ["toy", ENGINES[0]])
def test_an_interrupt_ends_a_batch_and_what_was_answered_is_kept(asks: Path, engine: str) -> None:
    command = tritonqa("ask", "--batch", str(asks), "--engine", engine, before=CAN_INTERRUPT)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        lines = [first, *process.stdout]  # communicate would leave out what was read with the first
        err = process.stderr.read()
    assert process.wait(PATIENCE) == 130
    assert err.strip() == "interrupted"
    assert all(json.loads(line)["question"] for line in lines) and len(lines) < 20_000


def test_a_page_that_is_told_to_end_leaves_nothing_behind(tmp_path: Path) -> None:
    note, places = tmp_path / "note.txt", tmp_path / "temporary"
    note.write_text("The tower was built in 1071.", encoding="utf-8")
    places.mkdir()
    command = tritonqa("web", str(note), "--port", "0", "--engine", "toy")
    environ = os.environ | {"TMPDIR": str(places)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:") and list(places.iterdir())
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert not list(places.iterdir())


def test_an_interrupt_ends_a_long_ask(long_text: Path, tmp_path: Path) -> None:
    text = tmp_path / "long.txt"
    text.write_text(long_text.read_text(encoding="utf-8")[:1_000_000], encoding="utf-8")
    command = tritonqa("ask", "When?", "-c", f"@{text}", "--engine", ENGINES[0], before=CAN_INTERRUPT)
    with (tmp_path / "out").open("w") as out:
        shown = on_terminal(command, out, interrupt_at="windows", code=130)
    assert shown.rstrip().endswith("interrupted") and not (tmp_path / "out").read_text()


def test_ten_million_characters_in_bounded_memory(long_text: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_DATA, (1_500_000_000,) * 2)"
    command = tritonqa("ask", "password vault", "-c", f"@{long_text}", "--json", *TOY)
    if sys.platform == "linux":
        command[2] = f"{limit}\n{command[2]}"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = long_text.read_text(encoding="utf-8")
    for answer in json.loads(done.stdout)["answers"]:
        assert text[answer["start"] : answer["end"]] == answer["text"]
    assert "kestrel" in text[answer["start"] - 60 : answer["end"] + 60]


def test_ten_thousand_passages_and_a_huge_top_k(tmp_path: Path) -> None:
    passages = [f"Tower {i} was built by masons." for i in range(10_000)]
    path = tmp_path / "asks.jsonl"
    path.write_text(json.dumps({"question": "Which tower?", "passages": passages}), encoding="utf-8")
    done = subprocess.run(
        tritonqa("ask", "--batch", str(path), "--top-k", "1000000", *TOY), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)["answers"]
    assert len(answers) > 10_000
    assert all(passages[a["passage"]][a["start"] : a["end"]] == a["text"] for a in answers)


def test_a_reader_that_leaves_ends_the_command_quietly(asks: Path) -> None:
    command = tritonqa("ask", "--batch", str(asks), *TOY)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        assert json.loads(process.stdout.readline())["question"]
        process.stdout.close()
        err = process.stderr.read()
    assert (process.wait(PATIENCE), err) == (141, "")


def test_a_stdout_that_was_never_open() -> None:
    command = tritonqa("ask", "Who?", "-c", "Ada.", *TOY)
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *command], stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 1 and done.stderr.startswith("error: stdout is closed")


def test_a_stdin_that_was_never_open() -> None:
    for arguments in (["ask", "Who?", "-c", "-"], ["ask", "--batch", "-"]):
        command = tritonqa(*arguments, *TOY)
        done = subprocess.run(["sh", "-c", '"$@" <&-', "sh", *command], capture_output=True, text=True)
        assert done.returncode == 2 and "stdin is closed" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said(data: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            tritonqa("ask", "Who?", "-c", "Ada.", *TOY), stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert done.stderr.startswith("error: stdout can't be written: No space left on device")
    arguments = ("evaluate", str(data / "squad-heldout-sample.json.gz"), "--engine", "toy")
    done = subprocess.run(tritonqa(*arguments, "--output", "/dev/full"), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]  # what comes before says that the reader has no threshold
    assert last == "error: output /dev/full can't be written: No space left on device; choose another place"
    assert Path("/dev/full").is_char_device()


def test_output_that_fills_the_disk_leaves_nothing(data: Path, tmp_path: Path) -> None:
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
    ignore = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    command = tritonqa(
        "evaluate", str(data / "squad-heldout-sample.json.gz"), "--engine", "toy",
        "--output", str(tmp_path / "out.jsonl"), before=f"{small}\n{ignore}",
    )  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "out.jsonl can't be written: File too large" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("option", "place"), [("--output", "no/such/out.jsonl"), ("--output", "."), ("--plots", "a/b")]
)
def test_evaluate_finds_a_bad_place_before_it_asks(
    data: Path, tmp_path: Path, option: str, place: str
) -> None:
    (tmp_path / "a").write_text("a file")
    arguments = ("evaluate", str(data / "squad-heldout-sample.json.gz"), "--reader", "absent")
    done = subprocess.run(tritonqa(*arguments, option, str(tmp_path / place)), capture_output=True, text=True)
    assert done.returncode == 1, "the reader that is absent would have been 3"
    assert done.stderr.startswith(f"error: {option[2:]} ") and "choose another place" in done.stderr


def test_bars_on_a_terminal_and_none_elsewhere(asks: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("".join(asks.read_text().splitlines(keepends=True)[:300]))
    assert "300/300" in on_terminal(tritonqa("ask", "--batch", str(few), *TOY)).replace(" ", "")
    long = tmp_path / "long.txt"
    long.write_text("The tower was built in 1071. " * 5000)
    assert "windows" in on_terminal(tritonqa("ask", "When?", "-c", f"@{long}", *TOY))
    assert on_terminal(tritonqa("ask", "When?", "-c", "The tower was built in 1071.", *TOY)) == ""
    done = subprocess.run(tritonqa("ask", "--batch", str(few), *TOY), capture_output=True, check=True)
    assert done.stderr == b""
