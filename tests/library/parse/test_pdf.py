from __future__ import annotations

import io
import random
from itertools import count
from pathlib import Path

import matplotlib
import pypdfium2
import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission, EncryptionMethod

from tritonqa.errors import DocumentError
from tritonqa.library.document import Box, Document
from tritonqa.library.parse import ParseOptions, excerpt, parse

FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
SIZE, LEADING, WIDTH, HEIGHT = 12, 14, 600, 400
ASCENT, DESCENT = 0.928, 0.236  # of DejaVu Sans, in its own units
WORDS = "warranty boiler office efficient Zürich contract pressure sixty shaft affix pump Grüße".split()


class Made(FPDF):
    """A PDF whose lines stand where we say; known[i] is a word with the box that it must have."""

    def __init__(self) -> None:
        super().__init__(unit="pt", format=(WIDTH, HEIGHT))
        self.set_auto_page_break(False)
        self.add_font("sans", fname=FONT)
        self.set_font("sans", size=SIZE)
        self.known: list[tuple[str, Box]] = []

    def words(self, x: float, y: float, words: list[str]) -> None:
        self.set_xy(x - self.c_margin, y)
        self.cell(text=" ".join(words))
        baseline = y + SIZE / 2 + 0.3 * SIZE
        for place, word in enumerate(words):
            left = x + self.get_string_width(" ".join([*words[:place], ""]) if place else "")
            top, bottom = baseline - ASCENT * SIZE, baseline + DESCENT * SIZE
            self.known.append((word, Box(self.page, left, top, left + self.get_string_width(word), bottom)))

    def bytes(self, rotation: int = 0) -> bytes:
        made = pypdfium2.PdfDocument(bytes(self.output()))
        for page in made:
            page.set_rotation(rotation)
        stream = io.BytesIO()
        made.save(stream)
        made.close()
        return stream.getvalue()


def turned(box: Box, rotation: int) -> Box:
    """Turn a box clockwise with its page."""
    width, height = WIDTH, HEIGHT
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    for _ in range(rotation // 90):
        left, top, right, bottom = height - bottom, left, height - top, right
        width, height = height, width
    return Box(box.page, left, top, right, bottom)


def overlap(a: Box, b: Box) -> float:
    """Return the intersection over the union."""
    across = max(0.0, min(a.right, b.right) - max(a.left, b.left))
    down = max(0.0, min(a.bottom, b.bottom) - max(a.top, b.top))
    areas = [(one.right - one.left) * (one.bottom - one.top) for one in (a, b)]
    return across * down / (sum(areas) - across * down)


def write(path: Path, data: bytes) -> Document:
    path.write_bytes(data)
    return parse(path)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_stand_where_the_words_were_drawn(tmp_path: Path, rotation: int) -> None:
    chance, made, number = random.Random(rotation), Made(), count(1000)
    for _ in range(3):
        made.add_page()
        for column in (40, 320):
            for line in range(8):
                made.words(
                    column, 40 + line * LEADING, [f"{word}{next(number)}" for word in chance.sample(WORDS, 3)]
                )
    path = tmp_path / "columns.pdf"
    document = write(path, made.bytes(rotation))
    for word, box in made.known:
        start = document.text.index(word)
        end = start + len(word)
        found = excerpt(path, document.pages, start, end)
        page = document.page(start)
        assert found.text == word and page is not None and page.number == box.page
        assert [seen.page for seen in found.boxes] == [box.page]
        assert overlap(found.boxes[0], turned(box, rotation)) >= 0.95, (word, found.boxes, box)


def test_lines_have_a_box_each_and_hyphenated_words_stay_whole(tmp_path: Path) -> None:
    made = Made()
    made.add_page()
    for line, text in enumerate(("the war-", "ranty of 2020-", "2021 is in the", "Sales-", "Office")):
        made.words(40, 40 + line * LEADING, text.split())
    path = tmp_path / "hyphens.pdf"
    document = write(path, made.bytes())
    assert document.text == "the war\u00adranty of 2020-\n2021 is in the\nSales-Office"
    start = document.text.index("war")
    boxes = excerpt(path, document.pages, start, start + len("war\u00adranty")).boxes
    assert [round(box.top) for box in boxes] == [38, 52]


def test_text_from_right_to_left_reads_as_it_is_spoken(tmp_path: Path) -> None:
    made = Made()
    made.add_page()
    made.set_xy(40, 40)
    made.cell(text="שלום עולם"[::-1])  # as its letters are drawn from left to right
    assert write(tmp_path / "rtl.pdf", made.bytes()).text == "שלום עולם"


def test_pages_have_their_printed_labels_and_the_outline_heads_them(tmp_path: Path) -> None:
    made = Made()
    for style, text in (("r", "Preface"), ("D", "Terms of warranty"), ("D", "They go on")):
        made.add_page(label_style=style, label_start=1 if text != "They go on" else None)
        made.words(40, 40, ["page"])
        if text != "They go on":
            made.start_section(text)
        made.words(40, 80, text.split())
    document = write(tmp_path / "labels.pdf", made.bytes())
    assert [(page.number, page.label) for page in document.pages] == [(1, "i"), (2, "1"), (3, "2")]
    start = document.text.index("Terms of warranty")
    assert document.heading(start - 1) == ("Preface",)
    assert document.heading(start) == document.heading(len(document.text) - 1) == ("Terms of warranty",)


def test_what_ends_in_half_a_character_is_left_out(tmp_path: Path) -> None:
    made = Made()
    made.add_page()
    made.set_title("Title \U0001f600")
    made.start_section("Terms \U0001f600")
    made.words(40, 40, ["Terms"])
    data = bytes(made.output())
    assert data.count(b"d83dde00>") == 2
    data = data.replace(b"d83dde00>", b"d83d>    ")
    document = write(tmp_path / "half.pdf", data)
    assert "Terms" in document.text and document.title == "half"


def test_a_page_without_a_text_layer_is_noted(tmp_path: Path) -> None:
    made = Made()
    made.add_page()
    made.rect(10, 10, 50, 50, style="F")
    made.add_page()
    made.words(40, 40, ["read"])
    made.add_page()
    document = write(tmp_path / "scan.pdf", made.bytes())
    assert document.notes == ("page 1 has no text layer",)
    assert [page.start for page in document.pages] == [0, 1, 6]


def test_each_page_has_the_time_of_a_document(tmp_path: Path) -> None:
    made = Made()
    for _ in range(3):
        made.add_page()
    path = tmp_path / "long.pdf"
    path.write_bytes(made.bytes())
    told: list[None] = []
    parse(path, alive=lambda: told.append(None))
    assert len(told) == 3


def test_a_password_opens_what_is_encrypted(tmp_path: Path) -> None:
    made = Made()
    made.set_encryption("owner", "secret", EncryptionMethod.RC4, AccessPermission.none())
    made.add_page()
    made.words(40, 40, ["locked"])
    path = tmp_path / "locked.pdf"
    path.write_bytes(bytes(made.output()))
    with pytest.raises(DocumentError, match="is encrypted; give its password with --password"):
        parse(path)
    with pytest.raises(DocumentError, match="none of the passwords"):
        parse(path, ParseOptions(passwords=("wrong",)))
    options = ParseOptions(passwords=("wrong", "secret"))
    document = parse(path, options)
    assert document.text == "locked"
    assert excerpt(path, document.pages, 0, 6, options).boxes
    assert "secret" not in repr(options)


def test_a_page_that_is_gone_is_told(tmp_path: Path) -> None:
    made = Made()
    for text in ("one", "two"):
        made.add_page()
        made.words(40, 40, [text])
    path = tmp_path / "shrunk.pdf"
    document = write(path, made.bytes())
    shorter = Made()
    shorter.add_page()
    shorter.words(40, 40, ["one"])
    path.write_bytes(shorter.bytes())
    assert excerpt(path, document.pages, 0, 3).text == "one"
    with pytest.raises(DocumentError, match="no page 2 any more"):
        excerpt(path, document.pages, 4, 7)
