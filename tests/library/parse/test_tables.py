from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.support.documents import described
from tritonqa.library.document import Document, column_letters
from tritonqa.library.parse import parse
from tritonqa.library.parse.formats.csv import delimiter
from tritonqa.library.parse.formats.xlsx import shown
from tritonqa.library.parse.table import header_of

CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


def cells(document: Document) -> list[list[str]]:
    return [[document.text[start:end] for start, end in row.cells] for row in document.rows]


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6))
def test_offsets_point_into_the_cells(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["Part no", "Made in", "Price list"], *rows])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(stream.getvalue().encode())
        document = parse(path)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    assert cells(document)[1:] == filled
    for row in document.rows[1:]:
        assert row.headers == ("Part no", "Made in", "Price list")
        for column, (start, end) in enumerate(row.cells):
            if start < end:
                assert document.address(start) == f"{column_letters(column)}{row.number}"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(mark: str) -> None:
    lines = [["Name", "Price, net", "Note"], ["Pump", "1,5", "a b"], ["Valve", "2,25", "c"]]
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=mark).writerows(lines)
    assert delimiter(stream.getvalue()) == mark


def test_a_first_row_with_numbers_is_no_header() -> None:
    assert header_of(["Name", "Price"]) == ("Name", "Price")
    assert header_of(["Pump", "75"]) == header_of(["Pump", "Pump"]) == header_of(["Prices"]) == ()


def test_columns_are_named_as_in_a_spreadsheet() -> None:
    assert [column_letters(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(
    ("value", "text"), [(19.990000000000002, "19.99"), (0.1 + 0.2, "0.3"), (1e21, "1e+21"), (2.5, "2.5")]
)
def test_a_number_is_shown_as_people_see_it(value: float, text: str) -> None:
    assert shown(value) == text


def test_a_workbook_gives_values_sheets_and_addresses(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Prices"
    sheet.append([])
    sheet.append(["Part", "Price", "From", "Valid"])
    sheet.append(["Pump", 75.0, date(2026, 5, 1), True])
    sheet["B6"] = 0.125
    sheet["C6"] = datetime(2026, 5, 1, 12, 30)
    path = tmp_path / "prices.xlsx"
    book.save(path)
    document = parse(path)
    assert cells(document)[1:] == [["Pump", "75", "2026-05-01", "TRUE"], ["", "0.125", "2026-05-01 12:30:00"]]
    page = document.page(0)
    assert page is not None and page.label == "Prices"
    assert document.address(document.text.index("0.125")) == "B6"
    assert described(document.rows[2], document) == "Price: 0.125; From: 2026-05-01 12:30:00"


def test_a_table_in_markdown_has_its_ranges_in_the_file(tmp_path: Path) -> None:
    text = "# Parts\n\n| Part | Price \\| net |\n|:--|--:|\n| Pump | 75 |\n|  | 80|\n\nnot | a table\n"
    path = tmp_path / "parts.md"
    path.write_text(text, encoding="utf-8")
    document = parse(path)
    assert document.text == text
    assert cells(document) == [["Part", "Price \\| net"], ["Pump", "75"], ["", "80"]]
    assert document.rows[1].headers == ("Part", "Price \\| net")
