from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.command import tritonqa


def run(
    *arguments: str, stdin: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        tritonqa(*arguments),
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
        assert set(record) == {"question", "answers", "no_answer", "calibrated", "question_cut"}
        answer = record["answers"][0]
        assert text[answer["start"] : answer["end"]] == answer["text"] == "Ada Lovelace"


def test_batch_from_a_file_and_from_stdin(tmp_path: Path) -> None:
    rows = [
        {"question": "Who sings?", "passages": ["Nina sings."]},
        {"question": "Who?", "context": "Bo ran."},
    ]
    text = "\n\n".join(map(json.dumps, rows))
    (tmp_path / "asks.jsonl").write_text(text, encoding="utf-8")
    done = run("ask", "--batch", str(tmp_path / "asks.jsonl"), "--no-answer-threshold", "1")
    assert done.stderr == ""
    found = [json.loads(line)["answers"][0]["text"] for line in done.stdout.splitlines()]
    assert found[0] == "Nina" and len(found) == 2
    assert run("ask", "--batch", "-", "--no-answer-threshold", "1", stdin=text).stdout == done.stdout


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 4 is not JSON: "),
        ("7", "line 4: need an object"),
        ('{"passages": ["x"]}', 'line 4: field "question" is missing'),
        ('{"question": "q"}', 'line 4: field "passages" is missing'),
        ('{"question": " ", "passages": "x"}', "line 4: question is empty"),
        ('{"question": "q", "passages": ["x", 3]}', "line 4: passages[1] must be text (str), not int"),
        ('{"question": "q", "passages": "a\\ud800b"}', "line 4: passages[0] holds a lone surrogate"),
    ],
)
def test_a_bad_line_is_named_and_what_came_before_is_kept(tmp_path: Path, line: str, message: str) -> None:
    good = json.dumps({"question": "blue", "passages": "red blue green"}) + "\n"
    path = tmp_path / "asks.jsonl"
    path.write_text(good + "\n" + good + line + "\n" + good, encoding="utf-8")
    done = run("ask", "--batch", str(path), "--engine", "toy")
    assert done.returncode == 2 and f"error: batch {path}, {message}" in done.stderr
    assert len(done.stdout.splitlines()) == 2 and len(done.stderr.splitlines()) == 1


def test_input_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("été".encode("latin-1"))
    done = run("ask", "q", "-c", f"@{path}")
    assert done.returncode == 2 and f"context @{path} is not UTF-8 at byte 0" in done.stderr
    done = run("ask", "--batch", str(path))
    assert done.returncode == 2 and f"batch {path}, line 1 is not UTF-8" in done.stderr


def test_offsets_count_the_characters_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "windows.txt"
    text = "\ufeffred\r\n\r\nblue\r\ngreen"
    path.write_bytes(text.encode("utf-8"))
    done = run("ask", "blue", "-c", f"@{path}", "--engine", "toy", "--no-answer-threshold", "1", "--json")
    answer = json.loads(done.stdout)["answers"][0]
    assert text[answer["start"] : answer["end"]] == answer["text"] != ""


def test_a_cut_question_is_reported(tmp_path: Path) -> None:
    question = "what " * 10_000
    done = run("ask", question, "-c", "A text.", "--no-answer-threshold", "1", "--json")
    assert json.loads(done.stdout)["answers"]
    assert done.stderr == "note: the question was longer than the reader takes; its end was not read\n"
    rows = [{"question": text, "passages": "A text."} for text in ("what", question, "who", question)]
    done = run("ask", "--batch", "-", stdin="\n".join(map(json.dumps, rows)))
    assert len(done.stdout.splitlines()) == 4
    assert done.stderr.endswith("their end not read: 2 (lines 2, 4)\n")


def test_the_answer_is_marked_in_its_sentence() -> None:
    text = "It rained. The tower\x1b[31m was built in 1071 by masons.\nIt stands."
    done = run("ask", "When was the tower built?", "-c", text)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith("1071   ") and first.endswith("passage 0, characters 39 to 43")
    assert second == "  The tower\u241b[31m was built in 1071 by masons."
    done = run("ask", "Who is the queen?", "-c", "It rained all day.", "--no-answer-threshold", "0")
    assert done.stdout.startswith("no answer (probability ")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask", "", "-c", "x"], 2, "question is empty"),
        (["ask"], 2, "give either a QUESTION"),
        (["ask", "q"], 2, "context is missing"),
        (["ask", "q", "-c", "-", "-c", "-"], 2, "context - is given twice"),
        (["ask", "q", "-c", " "], 2, "passages hold no text"),
        (["ask", "--batch", "/no/such/file"], 2, "batch /no/such/file can't be read: No such file"),
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
    assert figures["default_f1"] + 5 < figures["f1"] and figures["best_f1"] - 3 < figures["f1"]
    assert figures["best_f1"] > 55 and figures["no_answer_auroc"] > 0.7
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
