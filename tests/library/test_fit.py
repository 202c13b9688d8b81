from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tritonqa import Library, Reader
from tritonqa.datasets import Example
from tritonqa.errors import InputError, LibraryError
from tritonqa.library.fit import LEAST

THINGS = (
    "pump", "boiler", "lamp", "clock", "engine", "kettle", "drill", "printer", "camera", "heater", "mower",
    "radio", "scanner", "freezer", "toaster", "blender", "fan", "saw", "oven", "bicycle", "tractor", "piano",
)  # fmt: skip


@pytest.fixture
def library(tmp_path: Path, reader: Reader) -> Iterator[Library]:
    folder = tmp_path / "documents"
    folder.mkdir()
    for months, thing in enumerate(THINGS, 11):
        text = f"The warranty of the {thing} ends after {months} months. The {thing} was made in Graz."
        (folder / f"{thing}.txt").write_text(text, encoding="utf-8")
    with Library(tmp_path / "x.library", reader) as opened:
        opened.add(folder)
        yield opened


def questions() -> list[Example]:
    found = [
        Example(thing, "", f"After how many months does the warranty of the {thing} end?", "", (str(months),))
        for months, thing in enumerate(THINGS, 11)
    ]
    return [*found, Example("none", "", "Who wrote the opera of the moon?", "", ())]


def test_a_library_is_fitted_to_its_questions(library: Library) -> None:
    steps = []
    found = library.fit(questions(), step=lambda done, of: steps.append((done, of)))
    count = len(THINGS) + 1
    assert steps == [(done, count) for done in range(1, count + 1)]
    assert found.questions == len(THINGS) and found.hidden == count
    assert found.before.keys() == found.after.keys() == {"exact", "refused@10", "log_loss"}
    assert found.before["exact"] >= 80 and found.after["log_loss"] < found.before["log_loss"]
    assert found.kept and library.status().fitted_on == len(THINGS)
    asked = library.ask("After how many months does the warranty of the drill end?")
    assert asked[0].text in ("17", "17 months")


def test_what_was_fitted_judges_from_then_on_and_is_forgotten(library: Library) -> None:
    question = "Who made the boat?"
    before = library.ask(question, no_answer_threshold=1.0).no_answer
    assert library.fit(questions()).kept
    after = library.ask(question, no_answer_threshold=1.0).no_answer
    assert after != before
    with Library(library.path, library._open.given) as again:
        assert again.ask(question, no_answer_threshold=1.0).no_answer == after
    assert library.forget_fit()
    assert library.ask(question, no_answer_threshold=1.0).no_answer == before
    assert library.status().fitted_on == 0


def test_a_second_fit_sets_out_from_the_packaged_judge_again(library: Library) -> None:
    first = library.fit(questions())
    assert first.kept and library.fit(questions()) == first


def test_a_library_of_one_document_has_nothing_left_to_refuse_by(tmp_path: Path, reader: Reader) -> None:
    text = "".join(f"The {thing} has {months} parts. " for months, thing in enumerate(THINGS, 11))
    (tmp_path / "all.txt").write_text(text, encoding="utf-8")
    asks = [
        Example(thing, "", f"How many parts has the {thing}?", "", (str(months),))
        for months, thing in enumerate(THINGS, 11)
    ]
    with Library(tmp_path / "x.library", reader) as library:
        library.add(tmp_path / "all.txt")
        with pytest.raises(InputError, match="0 can be asked that should be refused, and a fit takes 10"):
            library.fit(asks)
        others = [Example(f"no {i}", "", f"Who is king {i}?", "", ()) for i in range(4 * len(asks))]
        rows = [row for i, ask in enumerate(asks) for row in (ask, *others[4 * i : 4 * i + 4])]
        assert library.fit(rows).hidden == len(others)  # every fifth has an answer


def test_too_few_questions_are_refused_and_change_nothing(library: Library) -> None:
    with pytest.raises(InputError, match=f"takes {LEAST} questions.*has 3"):
        library.fit(questions()[:3])
    assert library.status().fitted_on == 0


def test_questions_of_other_documents_are_refused(library: Library) -> None:
    others = [
        Example(str(i), "", f"Who was king number {i} of the sea?", "", ("Nobody at all",))
        for i in range(LEAST)
    ]
    with pytest.raises(InputError, match="answers none of these questions"):
        library.fit(others)


def test_a_library_in_no_folder_keeps_no_fit(reader: Reader) -> None:
    with Library("milvus://127.0.0.1:19530/notes", reader) as library:
        with pytest.raises(LibraryError, match=r"notes is in no folder, where a fit is kept"):
            library.fit(questions())
        with pytest.raises(LibraryError, match="is in no folder"):
            library.forget_fit()


def test_a_library_that_is_not_there_has_nothing_to_fit(tmp_path: Path, reader: Reader) -> None:
    with pytest.raises(LibraryError, match="no library"), Library(tmp_path / "none", reader) as library:
        library.fit(questions())
