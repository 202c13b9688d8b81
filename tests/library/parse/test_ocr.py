from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from fpdf import FPDF

from tests.library.parse.test_pdf import FONT
from tritonqa import Library
from tritonqa.library.document import Document
from tritonqa.library.parse import ParseOptions, excerpt_apart, parse_apart

pytest.importorskip("rapidocr")
WORDS = ("The warranty of the pump", "ends after 24 months")


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Document]:
    """A page that is an image alone, turned by a quarter, behind one that has text."""
    drawn = FPDF(unit="pt", format=(300, 120))
    drawn.set_auto_page_break(False)
    drawn.add_font("sans", fname=FONT)
    drawn.set_font("sans", size=18)
    drawn.add_page()
    for line, text in enumerate(WORDS):
        drawn.set_xy(20, 20 + line * 30)
        drawn.cell(text=text)
    image = pypdfium2.PdfDocument(bytes(drawn.output()))[0].render(scale=2, rotation=90).to_pil()
    made = FPDF(unit="pt", format=(120, 300))
    made.set_font("helvetica", size=8)
    made.add_page()
    made.cell(text="Cover")
    made.add_page()
    made.image(image, x=0, y=0, w=120, h=300)
    path = tmp_path_factory.mktemp("scan") / "scan.pdf"
    path.write_bytes(bytes(made.output()))
    return path, parse_apart(path, ParseOptions(ocr=True, seconds=300))


def test_a_scan_is_read_and_marked_as_such(scan: tuple[Path, Document]) -> None:
    _, document = scan
    assert document.text == "Cover\n" + "\n".join(WORDS)
    assert [page.ocr for page in document.pages] == [False, True] and document.ocr
    assert document.notes == ("page 2 has been read by OCR",)


def test_its_words_have_the_boxes_of_their_lines(scan: tuple[Path, Document]) -> None:
    path, document = scan
    start = document.text.index("24 months")
    found = excerpt_apart(path, document.pages, start, start + 9)
    assert found.text == "24 months"
    (box,) = found.boxes
    assert box.page == 2 and box.bottom - box.top > 3 * (box.right - box.left)
    assert 120 - 80 < box.left < box.right < 120 - 40


def test_without_ocr_the_page_is_named(scan: tuple[Path, Document]) -> None:
    path, _ = scan
    assert parse_apart(path).notes == ("page 2 has no text layer",)


@pytest.mark.parametrize("kind", ["folder", pytest.param("haystack", marks=pytest.mark.slow)])
def test_a_library_says_what_it_could_not_read_and_reads_it_when_ocr_is_asked_for(
    scan: tuple[Path, Document], tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "scan.pdf"
    for copy in (path, tmp_path / "same.pdf"):
        copy.write_bytes(scan[0].read_bytes())
    options, place = ParseOptions(ocr=True, seconds=300), tmp_path / "x.library"
    if kind == "haystack":
        memory = pytest.importorskip("haystack.document_stores.in_memory", reason="needs haystack-ai")
        place = memory.InMemoryDocumentStore()
    with Library(place) as library:
        assert f"{tmp_path / 'same.pdf'}: page 2 has no text layer" in library.add(tmp_path).notes
        assert {one.note for one in library.status().notes} == {"page 2 has no text layer"}
    with Library(place, options=options) as library:
        report = library.add(path)
        assert report.changed == [str(path)] and not report.unchanged
        assert library.text(path) == library.text(tmp_path / "same.pdf") == scan[1].text
        assert library.add(tmp_path).unchanged == 2
        assert [one.note for one in library.status().notes] == ["page 2 has been read by OCR"] * 2
