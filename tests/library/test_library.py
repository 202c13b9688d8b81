from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.library.samples import SAMPLES
from tests.support.milvus import running
from tests.support.wait import PATIENCE, eventually
from tritonqa import Library, Reader
from tritonqa.errors import Busy, InputError, LibraryError
from tritonqa.library.document import Document
from tritonqa.library.index import Report
from tritonqa.library.parse import ParseOptions, parse
from tritonqa.library.passages import split
from tritonqa.library.store import File, Indexed
from tritonqa.library.store.sqlite.schema import FILE

HANDBOOK = (
    "The handbook.\n\nThe warranty of the pump ends after 24 months. Ada Lovelace repairs it in Bremen.\n"
)
NOTES = (
    "# Rooms\n\nThe house has 40 rooms.\n\n## Garden\n\nThe garden was laid out in 1912 by Gertrude Jekyll.\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "handbook.txt").write_text(HANDBOOK, encoding="utf-8")
    (folder / "notes.md").write_text(NOTES, encoding="utf-8")
    return folder


@pytest.fixture(params=["folder", "milvus"])
def library(request: pytest.FixtureRequest, tmp_path: Path, desk: Path, reader: Reader) -> Iterator[Library]:
    with running() if request.param == "milvus" else nullcontext() as address:
        library = Library(f"{address}/desk" if address else tmp_path / "desk.library", reader)
        library.add(desk)
        yield library
        library.close()


def test_an_answer_says_where_it_stands(library: Library, desk: Path) -> None:
    answers = library.ask("When does the warranty of the pump end?")
    answer = answers[0]
    assert answer.text == "24 months"
    assert answer.document == str(desk / "handbook.txt")
    assert HANDBOOK[answer.start : answer.end] == answer.text
    assert answer.verified and answer.text in answer.context
    assert answers.searched.files == 2 and answers.searched.passages == 3
    assert answers.no_answer < 0.5


@pytest.mark.parametrize("kind", ["csv", "xlsx", "docx", "html", "markdown"])
def test_a_tables_answer_is_its_cell_with_its_address(tmp_path: Path, reader: Reader, kind: str) -> None:
    suffix, make = SAMPLES[kind]
    path = tmp_path / f"prices{suffix}"
    path.write_bytes(make())
    library = Library(tmp_path / "x.library", reader)
    library.add(path)
    answer = library.ask("What is the price of the pump?", no_answer_threshold=1.0)[0]
    assert answer.text == "75" and answer.citations[0].address == "B3"
    text = library.text(path)
    assert text is not None and text[answer.start : answer.end] == "75" and answer.verified
    assert answer.to_dict()["address"] == "B3"


def test_what_is_not_there_is_not_answered(library: Library) -> None:
    answers = library.ask("Who is the queen of Spain?")
    assert not answers and answers.no_answer > 0.5


def test_search_gives_passages_with_their_headings(library: Library) -> None:
    first = library.search("garden")[0]
    assert first.heading[-1] == "Garden" and NOTES[first.start : first.end] == first.text


def test_a_file_changed_since_is_said_to_be(library: Library, desk: Path) -> None:
    (desk / "handbook.txt").write_text("\n" + HANDBOOK, encoding="utf-8")
    answer = library.ask("When does the warranty of the pump end?")[0]
    assert answer.status == "changed" and not answer.verified and answer.boxes == ()
    (desk / "handbook.txt").unlink()
    assert library.ask("When does the warranty of the pump end?")[0].status == "missing"


def test_adding_again_follows_the_folder(library: Library, desk: Path) -> None:
    assert library.add(desk).unchanged == 2
    (desk / "notes.md").rename(desk / "house.md")
    (desk / "handbook.txt").write_text(HANDBOOK.replace("24", "36"), encoding="utf-8")
    (desk / "new.txt").write_text("The cat is called Minka.", encoding="utf-8")
    report = library.add(desk)
    assert report.moved == [(str(desk / "notes.md"), str(desk / "house.md"))]
    assert report.changed == [str(desk / "handbook.txt")] and report.added == [str(desk / "new.txt")]
    assert library.ask("When does the warranty of the pump end?")[0].text == "after 36 months"
    os.remove(desk / "new.txt")
    assert library.add(desk).removed == [str(desk / "new.txt")]
    assert not any("Minka" in hit.text for hit in library.search("Minka"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_what_is_away_for_a_while_stays(tmp_path: Path, desk: Path, reader: Reader) -> None:
    with Library(tmp_path / "x.library", reader) as library:
        library.add(desk, vectors=False)
        desk.rename(tmp_path / "away")
        report = library.add(desk, vectors=False)
        assert report.skipped[0].reason.startswith("does not exist; what the library holds of it stays")
        assert not report.removed and len(library.files()) == 2
        (tmp_path / "away").rename(desk)
        (desk / "notes.md").unlink()
        (desk / "notes.md").symlink_to("notes.md")  # can't be looked at, as on a drive that fails
        report = library.add(desk, vectors=False)
        assert [Path(one.path).name for one in report.skipped] == ["notes.md"] and not report.removed
        desk.rename(tmp_path / "renamed")
        (moved,) = library.add([desk, tmp_path / "renamed"], vectors=False).moved
        assert moved == (str(desk / "handbook.txt"), str(tmp_path / "renamed" / "handbook.txt"))


def test_a_folder_that_holds_nothing_any_more_is_forgotten_when_it_is_removed(
    tmp_path: Path, desk: Path, reader: Reader
) -> None:
    with Library(tmp_path / "x.library", reader) as library:
        library.add(desk, vectors=False)
        os.rename(desk, tmp_path / "drive")
        desk.mkdir()  # where the drive hangs when it is there
        (desk / ".hidden").touch()
        report = library.add(desk, vectors=False)
        assert not report.removed and len(library.files()) == 2
        (skipped,) = report.skipped
        assert skipped.path == str(desk) and "stays until tritonqa library remove" in skipped.reason
        (moved,) = {Path(old).name for old, _ in library.add([desk, tmp_path / "drive"]).moved} - {"notes.md"}
        assert moved == "handbook.txt" and not library.add(desk, vectors=False).skipped
        (tmp_path / "drive" / "notes.md").unlink()
        assert library.add(tmp_path / "drive").removed, "a folder that holds others lost this one"
        assert library.remove(tmp_path / "drive") and not library.files()


def test_equal_answers_are_one_with_all_places(library: Library, desk: Path) -> None:
    (desk / "copy.txt").write_text(HANDBOOK, encoding="utf-8")
    (desk / "letter.txt").write_text(
        "THE WARRANTY OF THE PUMP ENDS AFTER 24 MONTHS, as agreed.", encoding="utf-8"
    )
    library.add(desk)
    answer = library.ask("When does the warranty of the pump end?")[0]
    names = {Path(citation.document).name for citation in answer.citations}
    assert names == {"handbook.txt", "copy.txt", "letter.txt"}
    for citation in answer.citations:
        text = Path(citation.document).read_text(encoding="utf-8")
        assert text[citation.start : citation.end] == citation.text, "each place in its own words"


def test_a_file_that_may_be_read_now_is_read(
    tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Ada wrote it.", encoding="utf-8")
    library = Library(tmp_path / "x.library", reader)
    opened = os.open

    def denied(name: Any, *arguments: Any, **named: Any) -> int:
        if name == path:
            raise PermissionError(13, "Permission denied")
        return opened(name, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", denied)
        patch.setattr(import_module("tritonqa.library.index.sync"), "parse_apart", parse)  # in this process
        assert "let this user read it" in library.add(path).skipped[0].reason
    assert library.add(path).changed == [str(path)] and library.search("Ada")


def test_another_limit_tries_again_what_was_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_text("Ada wrote it.\n" * 100_000, encoding="utf-8")
    with Library(tmp_path / "x.library", options=ParseOptions(file_megabytes=1)) as library:
        assert "raise the limit" in library.add(path).skipped[0].reason
    with Library(tmp_path / "x.library", options=ParseOptions(file_megabytes=2)) as library:
        assert not library.add(path, vectors=False).skipped and library.search("Ada")


def test_as_many_answers_as_are_asked_for(tmp_path: Path, reader: Reader) -> None:
    text = ", ".join(f"Ship {number} sails in May" for number in range(30))
    (tmp_path / "ships.txt").write_text(text, encoding="utf-8")
    with Library(tmp_path / "x.library", reader) as library:
        library.add(tmp_path)
        assert len(library.ask("Which ship sails?", top_k=15, no_answer_threshold=1.0)) == 15


def test_what_has_its_place_in_the_librarys_own_folder_stays(tmp_path: Path, desk: Path) -> None:
    place = desk / "x.library" / "haystack" / "id=1"
    document = Document("Minka is a cat.", "text", digest="d")
    with Library(desk / "x.library") as library:
        library.add(())
        with library._open.store().write() as writer:
            writer.put(File(place, 1, 1, 2, "d"), Indexed(document, split(document)))
        assert len(library.add(desk, vectors=False).added) == 2
        (desk / "notes.md").unlink()
        assert library.add(desk, vectors=False).removed == [str(desk / "notes.md")]
        assert library.search("Minka")


def test_a_file_whose_old_name_was_taken_keeps_its_words(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "app.log").write_text("The first night was quiet.", encoding="utf-8")
    with Library(tmp_path / "x.library") as library:
        for night in ("second", "third", "fourth"):
            library.add(folder, vectors=False)
            for number in (2, 1, 0):  # app.log → app.log.1 → app.log.2 → app.log.3
                one = folder / ("app.log" + f".{number}" * bool(number))
                if one.exists():
                    one.rename(folder / f"app.log.{number + 1}")
            (folder / "app.log").write_text(f"The {night} night was loud.", encoding="utf-8")
        library.add(folder, vectors=False)
        texts = {Path(file.path).name: library.text(file.path) for file in library.files()}
    assert texts == {
        "app.log": "The fourth night was loud.",
        "app.log.1": "The third night was loud.",
        "app.log.2": "The second night was loud.",
        "app.log.3": "The first night was quiet.",
    }


def test_a_file_without_words_or_reason_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The first night was quiet.", encoding="utf-8")
    os.utime(path, (1, 1))
    with Library(tmp_path / "x.library") as library:
        library.add(path, vectors=False)
        (file,) = library.files()
        with library._open.store().write() as writer:
            writer.put(replace(file, digest=""))  # as it was left by versions before
        assert library.text(path) is None
        library.add(path, vectors=False)
        assert library.text(path) == "The first night was quiet."


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_who_may_only_read_is_told_so(tmp_path: Path) -> None:
    with Library(tmp_path / "x.library") as library:
        library.add(())
    (tmp_path / "x.library").chmod(0o500)
    try:
        with pytest.raises(LibraryError, match="let this user write to the folder, or ask a copy"):
            Library(tmp_path / "x.library").status()
    finally:
        (tmp_path / "x.library").chmod(0o700)


def test_a_file_that_got_another_name_is_called_by_it(tmp_path: Path, reader: Reader) -> None:
    old, new = tmp_path / "scan001.txt", tmp_path / "acme-invoice.txt"
    old.write_text("The sum is 75 euros.", encoding="utf-8")
    with Library(tmp_path / "x.library", reader) as library:
        library.add(tmp_path)
        old.rename(new)
        report = library.add(tmp_path)
        assert report.moved == [(str(old), str(new))] and not report.without_vectors
        document = library.document(new)
        assert document is not None and document.title == "acme-invoice"
        assert library.search("acme invoice")[0].document == str(new)


def test_who_may_see_nothing_finds_nothing(library: Library) -> None:
    nobody = library.within([])
    assert not nobody.search("warranty") and not nobody.ask("When does the warranty of the pump end?")
    assert nobody.searched().files == 0
    assert all(hit.document.endswith(".md") for hit in library.within("*.md").search("warranty"))
    assert library.within("*.txt").ask("When does the warranty of the pump end?")[0].text == "24 months"
    seen = library.within("*.md")
    assert seen.status().files == len(seen.files()) < library.status().files
    assert not nobody.status().passages


def test_what_cannot_be_read_is_named_and_stops_nothing(tmp_path: Path, reader: Reader) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 cut off")
    (tmp_path / "good.txt").write_text("Ada wrote it.", encoding="utf-8")
    library = Library(tmp_path / "x.library", reader)
    report = library.add([tmp_path, tmp_path / "nowhere.pdf"])
    assert report.added == [str(tmp_path / "good.txt")]
    assert {Path(skipped.path).name for skipped in report.skipped} == {"bad.pdf", "nowhere.pdf"}
    assert library.searched().unreadable == (str(tmp_path / "bad.pdf"),)


def test_a_library_of_another_encoder_is_refused_by_name_until_it_is_rebuilt(
    tmp_path: Path, desk: Path, reader: Reader
) -> None:
    path = tmp_path / "desk.library"
    with Library(path, reader) as library:
        library.add(desk)
    connection = sqlite3.connect(path / FILE)
    connection.execute("UPDATE meta SET value = 'mpnet 2' WHERE key = 'encoder'")
    connection.commit()
    connection.close()
    with Library(path, reader) as other:
        for work in (lambda: other.ask("Who?"), lambda: other.search("x"), lambda: other.add(tmp_path)):
            with pytest.raises(LibraryError, match=r"mpnet 2.*MiniLM.*tritonqa library rebuild"):
                work()
        assert other.rebuild().encoder.startswith("all-MiniLM")
        assert other.ask("When does the warranty of the pump end?")[0].text == "24 months"


def test_a_folder_is_followed(tmp_path: Path, desk: Path, reader: Reader) -> None:
    library, stop = Library(tmp_path / "watched.library", reader), threading.Event()
    reports = library.watch(desk, stop)
    assert len(next(reports).added) == 2
    seen: list[Report] = []

    def follow() -> None:
        for report in reports:
            seen.append(report)

    watching = threading.Thread(target=follow)
    watching.start()
    try:
        (desk / "cat.txt").write_text("The cat is called Minka.", encoding="utf-8")
        eventually(lambda: [report for report in seen if report.added == [str(desk / "cat.txt")]])
        (desk / "notes.md").unlink()
        eventually(lambda: [report for report in seen if report.removed == [str(desk / "notes.md")]])
        assert any("Minka" in hit.text for hit in library.search("cat"))
    finally:
        stop.set()
        watching.join()


def test_a_folder_is_followed_while_another_writes(
    tmp_path: Path, desk: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, stop = Library(tmp_path / "watched.library", reader), threading.Event()
    library.add(desk)
    reports = library.watch(desk, stop)
    seen: list[Report] = []
    watching = threading.Thread(target=lambda: seen.extend(islice(reports, 1)))
    met, add = threading.Event(), library.add

    def adding(*given: Any, **named: Any) -> Report:
        try:
            return add(*given, **named)
        except Busy:
            met.set()
            raise

    monkeypatch.setattr(library, "add", adding)
    with library._open.store().write():
        with pytest.raises(Busy, match="another process is writing"):
            add(desk)
        watching.start()
        (desk / "cat.txt").write_text("The cat is called Minka.", encoding="utf-8")
        assert met.wait(PATIENCE) and watching.is_alive()
    watching.join()
    stop.set()
    assert seen[0].added == [str(desk / "cat.txt")]


def test_what_can_not_be_watched_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = tmp_path / "drive" / "notes"
    library = Library(tmp_path / "x.library")
    assert next(library.watch(away)).skipped[0].reason == "does not exist"

    def limited(*folders: Path, **options: object) -> None:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr("watchfiles.watch", limited)
    with pytest.raises(InputError, match=r"can't be watched: .*limit reached.*index without --watch"):
        next(library.watch(away))


def test_bad_input_is_one_sentence(tmp_path: Path, library: Library) -> None:
    with pytest.raises(LibraryError, match="tritonqa index"):
        Library(tmp_path / "none").search("x")
    with pytest.raises(InputError, match="question is empty"):
        library.ask(" ")
    with pytest.raises(InputError, match="top_k"):
        library.ask("Who?", top_k=0)
    with pytest.raises(InputError, match=r"paths\[0\]"):
        library.add([3])  # type: ignore[list-item]
