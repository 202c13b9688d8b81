from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from tests.library.references.samples import answer, answers, citation
from tritonqa.library.references import references


def test_each_place_is_an_entry() -> None:
    assert references(answers(answer(title="Rules & {Laws}")), "bibtex") == (
        "@misc{handbook-p12,\n"
        "  title = {{Rules \\& \\textbraceleft{}Laws\\textbraceright{}}},\n"
        "  pages = {ix},\n"
        "  url = {file:///desk/handbook.pdf#page=12},\n"
        "  note = {``24 months''},\n"
        "}\n"
    )
    assert references(answers(), "bibtex") == ""


@example("", "\ud800")  # a name that no file here has
@given(st.text(max_size=30), st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=10))
def test_whatever_is_quoted_an_entry_is_whole(text: str, name: str) -> None:
    found = references(answers(answer(citation(f"/desk/{name}", text=text), title=text)), "bibtex")
    assert found.encode()
    depth, closed = 0, []
    for at, one in enumerate(found):
        depth += (one == "{") - (one == "}")
        closed += [at] if one == "}" and not depth else []
    assert closed == [len(found) - 2]  # the first brace is closed by the last, but for the line's end


def test_authors_and_the_date_are_fields_that_can_not_be_parted() -> None:
    said = {"author": ("Lovelace, Ada", "Barnes and Noble {x}"), "date": ("2024-05-31",)}
    entry = references(answers(answer(metadata=said)), "bibtex")
    assert r"author = {{Lovelace, Ada} and {Barnes and Noble \textbraceleft{}x\textbraceright{}}}," in entry
    assert "date = {2024-05-31}," in entry and "year = {2024}," in entry
    assert "author" not in references(answers(answer()), "bibtex")
