"""What every kind of document keeps, whatever reads it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.library.samples import HEADING, PLAIN, SAID, SAMPLES, SENTENCE, TABLE
from tests.support.documents import described
from tritonqa.errors import DocumentError
from tritonqa.library.document import Document
from tritonqa.library.parse import ParseOptions, excerpt, kinds, parse, parse_apart

PAGED = {"pdf": ["1", "2"], "xlsx": ["Spare parts", HEADING], "pptx": ["1", "2"]}
SENTENCES = {"pdf": PLAIN, "csv": "Burner"}
SILENT = ("text", "csv", "jsonl")  # that say nothing of themselves
TABLED = ("markdown", "html", "docx", "csv", "xlsx")


@pytest.fixture(scope="module", params=SAMPLES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Document]:
    suffix, make = SAMPLES[request.param]
    path = tmp_path_factory.mktemp("documents") / f"handbook{suffix}"
    path.write_bytes(make())
    document = parse(path)
    assert document.kind == request.param
    return path, document


def test_every_kind_has_a_sample() -> None:
    assert set(SAMPLES) == set(kinds())


def test_the_sentence_is_there_under_its_heading(made: tuple[Path, Document]) -> None:
    _, document = made
    start = document.text.index(SENTENCES.get(document.kind, SENTENCE))
    if document.kind not in ("text", "eml", "csv"):
        assert document.heading(start)[-1] == HEADING


def test_places_are_in_order_and_within_the_text(made: tuple[Path, Document]) -> None:
    _, document = made
    for one in (
        [(at.start, at.end) for at in document.sections],
        [(at.start, at.end) for at in document.rows],
    ):
        assert all(end <= start for (_, end), (start, _) in pairwise(one))
        assert all(0 <= start < end <= len(document.text) for start, end in one)


def test_pages_cover_the_text(made: tuple[Path, Document]) -> None:
    _, document = made
    assert [page.label for page in document.pages] == PAGED.get(document.kind, [])
    if document.pages:
        assert [page.number for page in document.pages] == list(range(1, len(document.pages) + 1))
        assert document.pages[0].start == 0 and document.pages[-1].end == len(document.text)
        assert all(one.end == two.start for one, two in pairwise(document.pages))
        last = document.page(document.text.rindex(SENTENCES.get(document.kind, SENTENCE)))
        assert last is not None and last.number == 2


def test_a_row_has_its_cells_headers_and_addresses(made: tuple[Path, Document]) -> None:
    _, document = made
    if document.kind not in TABLED:
        assert not document.rows
        return
    rows = [row for row in document.rows if row.headers]
    assert [[document.text[start:end] for start, end in row.cells] for row in rows] == TABLE[1:]
    assert described(rows[0], document) == "Part: Burner; Price: 120"
    assert document.address(rows[1].cells[1][0]) == "B3"


def test_what_a_document_says_of_itself_is_kept(made: tuple[Path, Document]) -> None:
    _, document = made
    said = {**SAID, "author": ("a@example.org",), "recipient": ("b@example.org",)}
    if document.kind == "eml":
        assert document.metadata == {name: said[name] for name in ("author", "recipient", "date")}
    elif document.kind == "epub":
        assert document.metadata == {
            "author": SAID["author"],
            "date": SAID["date"],
            "subject": SAID["keyword"],
        }
    else:
        assert document.metadata == ({} if document.kind in SILENT else SAID)


def test_the_same_apart(made: tuple[Path, Document]) -> None:
    path, document = made
    assert parse_apart(path) == document


def test_an_excerpt_is_what_stands_there(made: tuple[Path, Document]) -> None:
    path, document = made
    start = len(document.text) // 3
    end = len(document.text) - 2
    found = excerpt(path, document.pages, start, end)
    assert found.text == document.text[start:end]
    assert bool(found.boxes) == (document.kind == "pdf")


def test_damaged_files_give_a_document_or_an_error(made: tuple[Path, Document], tmp_path: Path) -> None:
    path, _ = made
    data = path.read_bytes()
    damaged = tmp_path / path.name
    for part in range(1, 12):
        at = len(data) * part // 12
        for broken in (data[:at], data[:at] + bytes(9) + data[at + 9 :], data[:at] + b"\xff<&{[" + data[at:]):
            damaged.write_bytes(broken)
            try:
                document = parse_apart(damaged, ParseOptions(seconds=20))
            except DocumentError as error:
                assert str(error).startswith(f"{damaged} ") and "\n" not in str(error)
            else:
                document.text.encode()
