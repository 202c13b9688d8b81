from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.library.answer.place import place_of
from tritonqa.library.document import Document
from tritonqa.library.parse.writer import Writer
from tritonqa.library.passages import Passage, Splitting, split
from tritonqa.library.passages.analyse import analyse
from tritonqa.library.passages.describe import describe
from tritonqa.library.store import Stored

CELL = st.sampled_from(["", "Pump", "75 \u20ac", "a: b; c", "\U0001f525 e\u0301", "x " * 30, "Part"])
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=5)


def document_of(before: str, rows: list[list[str]], after: str) -> Document:
    writer = Writer()
    writer.write(before)
    for number, cells in enumerate(rows, 1):
        writer.row(cells, ("Part", "Price") if number > 1 else (), number)
    writer.paragraph(after)
    return writer.document("csv")


def stored(document: Document, passage: Passage) -> Stored:
    return Stored(
        *(1, passage.text, passage.start, passage.end, (), "", "", document.kind, (), ()),
        passage.described,
        passage.pieces,
    )


@given(st.sampled_from(["", "Prices.\n", "Before. "]), ROWS, st.sampled_from(["", "After it."]))
def test_every_word_but_headers_stands_in_the_document(
    before: str, rows: list[list[str]], after: str
) -> None:
    document = document_of(before, rows, after)
    for passage in split(document, Splitting(full=6, most=10, overlap=2)):
        at = -1
        for piece in passage.pieces:
            assert piece.at > at and passage.start <= piece.start < piece.end <= passage.end
            at = piece.at
            read = passage.described[at : at + piece.end - piece.start]
            assert read == document.text[piece.start : piece.end]
            if piece.address:
                assert document.address(piece.start) == piece.address


@given(ROWS, st.data())
def test_what_was_read_is_quoted_without_headers(rows: list[list[str]], data: st.DataObject) -> None:
    document = document_of("", rows, "After it.")
    (passage,) = split(document, Splitting(1_000, 1_001, 0))
    read = passage.described or passage.text
    start = data.draw(st.integers(0, len(read) - 1))
    end = data.draw(st.integers(start + 1, len(read)))
    place = place_of(stored(document, passage), start, end)
    touched = [p for p in passage.pieces if p.at < end and start < p.at + p.end - p.start]
    if place is None:
        ends = [p.at + p.end - p.start for p in touched]
        quoted = [read[max(start, p.at) : min(end, last)] for p, last in zip(touched, ends, strict=True)]
        assert passage.pieces and not "".join(quoted).strip()
    else:
        assert 0 <= place[0] < place[1] <= len(document.text)
        if len(touched) < 2:
            assert document.text[place[0] : place[1]] in read[start:end]
        within = [p for p in passage.pieces if p.start < place[1] and place[0] < p.end]
        assert len({p.address[-1] if p.address else p.start for p in within}) <= 1


def test_what_runs_out_of_a_row_is_cut() -> None:
    document = document_of("", [["Part", "Price"], ["Pump", "940"]], "Ligatures: the office is in Bern.")
    (passage,) = split(document, Splitting(1_000, 1_001, 0))
    read = passage.described
    for end, wanted in (("Lig", "940"), ("office", "Ligatures: the office")):
        place = place_of(stored(document, passage), read.index("940"), read.index(end) + len(end))
        assert place and document.text[slice(*place)] == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What is the price of the pump?", "75 €"),
        ("Which part costs 75 €?", "Pump"),
        ("Is the pump 75 €?", "Pump\t75 €"),
        ("What is it?", "Pump\t75 €"),
    ],
)
def test_cells_that_the_question_names_are_left_out_at_a_rows_ends(question: str, wanted: str) -> None:
    document = document_of("", [["Part", "Price"], ["Pump", "75 €"]], "")
    (passage,) = split(document, Splitting(1_000, 1_001, 0))
    start, end = passage.described.index("Pump"), len(passage.described)
    place = place_of(stored(document, passage), start, end, frozenset(analyse(question)))
    assert place and document.text[slice(*place)] == wanted


def test_of_rows_that_were_read_the_one_that_the_question_names_is_quoted() -> None:
    document = document_of("", [["Part", "Price"], ["Burner", "12000"], ["Pump", "75"]], "After it.")
    (passage,) = split(document, Splitting(1_000, 1_001, 0))
    start, end = passage.described.index("12000"), passage.described.index(" it.")
    for question, wanted in (("price of the pump", "75"), ("the burner's price", "12000")):
        place = place_of(stored(document, passage), start, end, frozenset(analyse(question)))
        assert place and document.text[slice(*place)] == wanted


@pytest.mark.parametrize(
    ("question", "cell", "quoted"),
    [
        ("What is the price of the pump?", "120", False),  # another row is the pump's
        ("What is the price of the pump?", "75", True),
        ("Which part has a price of 75?", "Burner", False),  # headers name the question in every row
        ("Which part has a price of 75?", "Pump", True),
        ("Which part is dearest?", "Burner", True),  # no row says more than another
        ("When did the pump come?", "May", True),  # other text is no row
    ],
)
def test_a_row_is_none_to_answer_where_another_says_more_of_the_question(
    question: str, cell: str, quoted: bool
) -> None:
    document = document_of("", [["Part", "Price"], ["Burner", "120"], ["Pump", "75"]], "It came in May.")
    (passage,) = split(document, Splitting(1_000, 1_001, 0))
    start = passage.described.index(cell)
    place = place_of(stored(document, passage), start, start + len(cell), frozenset(analyse(question)))
    assert (place is not None) == quoted
    assert place is None or document.text[slice(*place)] == cell


def test_a_cell_that_was_cut_is_described_as_far_as_it_is_there() -> None:
    document = document_of("", [["Part", "Price"], ["Pump", "one two three four"]], "")
    end = document.text.index(" three")
    described, pieces = describe(document, document.text.index("two"), end)
    assert described == "Price: two" and pieces[0].address == "B2"
