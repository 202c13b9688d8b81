from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.command import tritonqa
from tritonqa import Library
from tritonqa.cli.main import cli
from tritonqa.errors import InputError, LibraryError

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


def test_answers_are_cited_in_markdown_that_verifies(desk: Path) -> None:
    asked = ("ask", "When does the warranty end?", "docs", "--library", "x.library", "--engine", "toy")
    cited = run(*asked, "--no-answer-threshold", "1", "--cite", "markdown").stdout
    (desk / "answer.md").write_text(cited, encoding="utf-8")
    verified = json.loads(run("verify", "answer.md", "--library", "x.library", "--json").stdout)["quotations"]
    assert verified and {one["status"] for one in verified} == {"verified"}
    entries = json.loads(run(*asked, "--no-answer-threshold", "1", "--cite", "csl").stdout)
    assert entries[0]["URL"] == (desk / "docs" / "handbook.txt").as_uri()
    (desk / "docs" / "handbook.txt").write_text(
        "The warranty\x1b[2J ends after 24 months.\n", encoding="utf-8"
    )
    obeyed = run(*asked, "--no-answer-threshold", "1", "--cite", "markdown").stdout
    assert "24 months" in obeyed and "\x1b" not in obeyed
    with pytest.raises(InputError, match="cite and json"):
        run(*asked, "--cite", "csl", "--json")
    with pytest.raises(InputError, match="cite names documents"):
        run("ask", "When?", "--context", TEXT, "--cite", "csl")


def test_only_documents_are_searched_that_say_what_was_asked_for(desk: Path) -> None:
    for name, year in (("ada", 2024), ("grace", 2019)):
        matter = f"---\nauthor: {name}\ndate: {year}-05-31\ntags: [pump]\n---\n"
        (desk / "docs" / f"{name}.md").write_text(matter + TEXT, encoding="utf-8")
    asked = ("ask", "When does the warranty end?", "docs", "--library", "x.library", "--engine", "toy")

    def documents(*options: str) -> list[str]:
        told = run(*asked, "--no-answer-threshold", "1", "--top-k", "9", "--json", *options).stdout
        places = (one for answer in json.loads(told)["answers"] for one in answer["citations"])
        return sorted({Path(one["document"]).name for one in places})

    assert documents("--since", "2024") == documents("--where", "author=ADA") == ["ada.md"]
    assert (
        documents("--where", "tags=pump", "--where", "author=g*")
        == documents("--until", "2019-05")
        == ["grace.md"]
    )
    assert documents("--kind", "text") == documents("--within", "docs/*.txt") == ["handbook.txt"]
    both = run(*asked, "--where", "author=ada", "--where", "author=grace", "--json").stdout
    assert json.loads(both)["searched"]["files"] == 2
    nothing = run(*asked, "--where", "client=*")
    assert (
        "searched 0 passages of 0 files" in nothing.stdout
        and "of the 3 files of the library none" in nothing.stderr
    )
    for options, words in (
        (("--where", "ada"), "where 'ada' is not NAME=PATTERN"),
        (("--since", "soon"), "since must be a date"),
    ):
        with pytest.raises(InputError, match=words):
            run(*asked, *options)
    with pytest.raises(InputError, match="path nowhere does not exist"):
        run("ask", "When?", "nowhere", "--library", "new.library", "--engine", "toy")
    assert not (desk / "new.library").exists()
    with pytest.raises(InputError, match="choose documents; give --library"):
        run("ask", "When?", "--context", TEXT, "--since", "2024")


def test_status_says_what_could_not_be_read_of_a_document(desk: Path) -> None:
    (desk / "docs" / "menu.txt").write_text("The caf\ufffd opens at nine.", encoding="utf-8")
    Library("x.library").add("docs", vectors=False)
    path = str(desk / "docs" / "menu.txt")
    (note,) = json.loads(run("library", "status", "x.library", "--json").stdout)["notes"]
    assert note == {"path": path, "note": "1 of its characters is unknown, shown as U+FFFD"}
    assert f"notes       1\n  {path}: 1 of its" in run("library", "status", "x.library").stdout


def test_a_path_that_is_not_there_is_told_by_the_exit_code_and_stops_nothing(desk: Path) -> None:
    done = run("index", "nowhere", "docs", "--library", "x.library")
    assert done.exit_code == 2 and f"skipped {desk / 'nowhere'}: does not exist" in done.stderr
    assert "1 added" in done.stdout
    assert run("index", "docs", "--library", "x.library").exit_code == 0


@pytest.mark.parametrize("option", ["top-k", "prior", "max-answer-tokens", "min-score"])
def test_an_option_that_a_library_does_not_take_is_named(desk: Path, option: str) -> None:
    Library("x.library").add("docs", vectors=False)
    asked = ("ask", "When?", "--library", "x.library", "--engine", "toy", f"--{option}", "0")
    with pytest.raises(InputError, match=f"^(top_k must|{option} is for passages)"):
        run(*asked)
    if option != "top-k":
        Path("q.jsonl").write_text('{"question": "When?", "answers": ["24"]}\n', encoding="utf-8")
        with pytest.raises(InputError, match=f"^{option} is for passages"):
            run("evaluate", "q.jsonl", "--library", "x.library", "--engine", "toy", f"--{option}", "1")


def test_what_is_not_there_is_said_with_what_was_searched(desk: Path) -> None:
    asked = run("ask", "Who is queen?", "docs", "--library", "x.library", "--no-answer-threshold", "0")
    assert "not in these documents" in asked.stdout
    assert "searched 1 passages of 1 files" in asked.stdout and "broken.pdf" in asked.stdout
    assert "skipped" in asked.stderr


def test_a_library_that_is_not_there_is_named_with_the_command_that_makes_it(desk: Path) -> None:
    with pytest.raises(LibraryError, match="tritonqa index"):
        run("library", "status", "nowhere")


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of POSIX")
def test_a_full_disk_while_indexing_is_said_and_loses_nothing(desk: Path) -> None:
    for number in range(12):
        (desk / "docs" / f"{number:02}.txt").write_text(f"Number {number}. {TEXT * 20}", encoding="utf-8")
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (80_000, 80_000))"
    command = tritonqa("index", "docs", "--library", "x.library", before=small)
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 7 and "the library can't be written" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    before = json.loads(run("library", "status", "x.library", "--json").stdout)
    assert before["files"] < 13
    report = json.loads(run("index", "docs", "--library", "x.library", "--json").stdout)
    assert len(report["added"]) == 13 - before["files"] and report["unchanged"] == before["files"]
    run("index", "docs", "--library", "whole.library")
    found = [hits(Path(folder)) for folder in ("x.library", "whole.library")]
    assert found[0] == found[1]


def hits(folder: Path) -> list[tuple[str, int, float]]:
    with Library(folder) as library:
        return sorted(
            (hit.document, hit.start, round(hit.score, 5)) for hit in library.search("number pump", k=99)
        )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no name that is not UTF-8")
def test_names_and_links_of_any_kind_end_no_command(desk: Path) -> None:
    odd = os.path.join(os.fsencode(desk), b"docs", b"bad\xff\nname.txt")
    with open(odd, "wb") as file:
        file.write(b"The gate is open until Friday.\n")
    (desk / "docs" / "loop.txt").symlink_to("loop.txt")
    (desk / "docs" / "~$handbook.docx").write_bytes(b"\x05Ada")
    (desk / "docs" / ".report.pdf.icloud").write_bytes(b"bplist00")

    def done(*arguments: str) -> str:
        command = tritonqa(*arguments)
        return subprocess.run(command, cwd=desk, capture_output=True, check=True).stdout.decode()

    report = json.loads(done("index", "docs", "--library", "x.library", "--json"))
    assert [os.fsencode(path) for path in report["added"]] == [odd, os.fsencode(desk / "docs/handbook.txt")]
    skipped = {Path(one["path"]).name: one["reason"] for one in report["skipped"]}
    assert set(skipped) == {"broken.pdf", "loop.txt", "report.pdf"}
    assert skipped["report.pdf"] == "is in iCloud and not on this disk; download it first"
    asked = ("ask", "Until when is the gate open?", "--library", "x.library", "--engine", "toy")
    assert "docs/bad\ufffd name.txt, characters" in done(*asked, "--no-answer-threshold", "1")


@pytest.mark.parametrize(
    "arguments",
    [
        ("index", "", "--library", "x.library"),
        ("index", "docs", "--library", ""),
        ("library", "remove", "x.library", ""),
        ("ask", "When?", "", "--library", "x.library"),
    ],
)
def test_an_empty_path_is_not_this_folder(desk: Path, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2 and "is empty; give a path" in done.stderr
    assert [path.name for path in desk.iterdir()] == ["docs"]
    with pytest.raises(InputError, match=r"paths\[0\] is empty"):
        Library("x.library").add("")


def test_a_page_over_what_is_no_library_is_refused_before_it_listens(desk: Path) -> None:
    with pytest.raises(LibraryError, match="can't be made at .*handbook.txt"):
        run("web", "--library", "docs/handbook.txt", "--port", "0", "--engine", "toy")


def test_a_library_is_fitted_to_questions_about_its_documents(desk: Path) -> None:
    rows = []
    for months in range(11, 33):
        text = f"The warranty of pump P{months} ends after {months} months. It stands in room {2 * months}."
        (desk / "docs" / f"p{months}.txt").write_text(text, encoding="utf-8")
        question = f"After how many months does the warranty of pump P{months} end?"
        rows.append({"id": str(months), "question": question, "answers": [str(months)]})
    (desk / "asks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run("index", "docs", "--library", "x.library")
    fitted = json.loads(run("library", "fit", "x.library", "asks.jsonl", "--json").stdout)
    assert fitted["questions"] == len(rows) and fitted["before"].keys() == fitted["after"].keys()
    assert fitted["kept"]
    assert f"judge       fitted on {len(rows)} questions" in run("library", "status", "x.library").stdout
    shown = run("library", "fit", "x.library", "asks.jsonl").stdout
    assert "22 questions of the library, 22 of it without what answers them" in shown and "log_loss" in shown
    assert "fit forgotten" in run("library", "fit", "x.library", "--reset").stdout
    assert json.loads(run("library", "fit", "x.library", "--reset", "--json").stdout) == {"reset": False}
    assert "judge" not in run("library", "status", "x.library").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "file is missing; give questions with answers, or --reset"),
        (("asks.jsonl", "--reset"), "file is not read with --reset"),
        (("asks.jsonl",), "a fit takes 20 questions with an answer at least; the file has 1"),
    ],
)
def test_a_fit_that_cannot_be_is_refused_in_a_sentence(
    desk: Path, arguments: tuple[str, ...], message: str
) -> None:
    row = {"id": "1", "question": "When does the warranty end?", "answers": ["24 months"]}
    (desk / "asks.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    run("index", "docs", "--library", "x.library")
    with pytest.raises(InputError, match=message):
        run("library", "fit", "x.library", *arguments, "--engine", "toy")
