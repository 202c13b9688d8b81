from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.library import samples
from tests.library.samples import docx_of, packed, paragraph
from tritonqa.errors import DocumentError
from tritonqa.library.document import Document
from tritonqa.library.parse import ParseOptions, parse

DATA = Path(__file__).parents[2] / "data" / "documents"


def word(tmp_path: Path, body: str, **parts: str) -> Document:
    path = tmp_path / "made.docx"
    path.write_bytes(docx_of(body, **parts))
    return parse(path)


def run(content: str) -> str:
    return f"<w:p><w:r>{content}</w:r></w:p>"


def test_what_was_deleted_moved_or_hidden_is_left_out(tmp_path: Path) -> None:
    hidden = (
        "<w:p><w:del><w:r><w:delText>old</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> seen</w:t></w:r>'
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    assert word(tmp_path, hidden).text == "new seen"


def test_notes_stand_behind_the_paragraph_that_refers_to_them(tmp_path: Path) -> None:
    body = run('<w:t>Said</w:t><w:footnoteReference w:id="2"/>') + paragraph("Next")
    notes = f'<w:footnote w:id="2">{paragraph("By whom")}</w:footnote>'
    assert word(tmp_path, body, footnotes=notes).text == "Said\n\nBy whom\n\nNext"


def test_text_boxes_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('In the box')}</w:txbxContent>"
    both = (
        f"<w:AlternateContent><w:Choice>{box}</w:Choice><w:Fallback>{box}</w:Fallback></w:AlternateContent>"
    )
    assert word(tmp_path, run(f"<w:t>Beside</w:t>{both}")).text == "Beside\n\nIn the box"


def test_marks_are_characters(tmp_path: Path) -> None:
    body = run("<w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t>")
    assert word(tmp_path, body).text == "a\tb\nc-d"


def test_merged_cells_keep_their_columns(tmp_path: Path) -> None:
    def cell(content: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(content)}</w:tc>"

    rows = [
        cell("Part") + cell("Net") + cell("Gross"),
        cell("Pump", '<w:vMerge w:val="restart"/>') + cell("75", '<w:gridSpan w:val="2"/>'),
        cell("", "<w:vMerge/>") + cell("80") + cell("95"),
    ]
    document = word(tmp_path, f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")
    cells = [[document.text[start:end] for start, end in row.cells] for row in document.rows]
    assert cells == [["Part", "Net", "Gross"], ["Pump", "75", ""], ["", "80", "95"]]


def test_pages_are_those_that_word_laid_out(tmp_path: Path) -> None:
    body = paragraph("one") + run("<w:t>still one</w:t><w:lastRenderedPageBreak/><w:t> two</w:t>")
    document = word(tmp_path, body)
    assert [document.text[page.start : page.end] for page in document.pages] == ["one\n\nstill one", " two"]


def test_a_row_is_on_the_page_on_which_it_begins(tmp_path: Path) -> None:
    turned = "<w:lastRenderedPageBreak/>"

    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{run(cell)}</w:tc>' for cell in cells)}</w:tr>"

    rows = [
        row("<w:t>Part</w:t>", "<w:t>Price</w:t>"),
        row("<w:t>Pump</w:t>", f"<w:t>75</w:t>{turned}<w:t> euros</w:t>"),
        row("<w:t>Boat</w:t>", "<w:t>99</w:t>"),
        row(f"{turned}<w:t>Lamp</w:t>", f"{turned}<w:t>5</w:t>"),
    ]
    document = word(tmp_path, f"{paragraph('Before')}<w:tbl>{''.join(rows)}</w:tbl>{paragraph('After')}")
    found = {
        name: document.page(document.text.index(name)) for name in ("Before", "Pump", "Boat", "Lamp", "After")
    }
    pages = {name: page.number if page else None for name, page in found.items()}
    assert pages == {"Before": 1, "Pump": 1, "Boat": 2, "Lamp": 3, "After": 3} and len(document.pages) == 3


def test_a_document_in_the_strict_namespace_is_read(tmp_path: Path) -> None:
    strict = samples.docx().replace(b"", b"")
    path = tmp_path / "strict.docx"
    path.write_bytes(strict)
    body = "<document xmlns='http://purl.oclc.org/ooxml/wordprocessingml/main'><body><p><r><t>Strict</t></r></p></body>"
    path.write_bytes(packed({"word/document.xml": f"{body}</document>"}))
    assert parse(path).text == "Strict"


def test_slides_come_in_the_order_in_which_they_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "deck.pptx"
    path.write_bytes(samples.pptx())
    document = parse(path)
    assert document.text == f"{samples.TITLE}\n\n{samples.HEADING}\n{samples.SENTENCE}"


def test_a_book_under_drm_is_named(tmp_path: Path) -> None:
    import io
    import zipfile

    stream = io.BytesIO(samples.epub())
    with zipfile.ZipFile(stream, "a") as book:
        locked = '<encryption><CipherReference URI="OPS/one chapter.xhtml"/></encryption>'
        book.writestr("META-INF/encryption.xml", locked)
    path = tmp_path / "locked.epub"
    path.write_bytes(stream.getvalue())
    with pytest.raises(DocumentError, match="is locked by DRM"):
        parse(path)


@pytest.mark.parametrize("name", ["mail.eml", "page.mht"])
def test_mail_and_saved_pages_of_html_alone_have_their_words(tmp_path: Path, name: str) -> None:
    message = EmailMessage()
    message["Subject"] = samples.TITLE
    message.set_content(f"<title>other</title><p>{samples.SENTENCE}</p>", subtype="html")
    (tmp_path / name).write_bytes(message.as_bytes())
    document = parse(tmp_path / name)
    assert samples.SENTENCE in document.text and document.title == samples.TITLE


def test_no_words_of_mail_are_lost(tmp_path: Path) -> None:
    def read(message: EmailMessage) -> tuple[str, tuple[str, ...]]:
        (tmp_path / "mail.eml").write_bytes(message.as_bytes())
        document = parse(tmp_path / "mail.eml")
        return document.text, document.notes

    behind = EmailMessage()
    behind.set_content("Here is the drawing:")
    behind.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")
    behind.add_attachment(samples.SENTENCE, disposition="inline")
    text, notes = read(behind)
    assert samples.SENTENCE in text and notes == ("attachment a.png is not read",)

    blank = EmailMessage()
    blank.set_content(" ")
    blank.add_alternative(f"<p>{samples.SENTENCE}</p>", subtype="html")
    assert samples.SENTENCE in read(blank)[0]

    forwarded = EmailMessage()
    forwarded.set_content("See below.")
    forwarded.add_attachment(blank)
    assert read(forwarded)[1] == ("a message in it is not read",)


def test_mail_names_what_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(samples.eml())
    document = parse(path)
    date = "Date: Fri, 31 May 2024 08:00:00 +0000"
    assert document.text.startswith(
        f"From: a@example.org\nTo: b@example.org\n{date}\nSubject: Boiler handbook\n\n"
    )
    assert document.title == samples.TITLE and document.notes == ("attachment parts.pdf is not read",)


def test_entities_in_xml_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'
    path = tmp_path / "bomb.docx"
    path.write_bytes(packed({"word/document.xml": bomb}))
    with pytest.raises(DocumentError, match="defines entities"):
        parse(path)


@pytest.mark.parametrize("name", ["word/document.xml", "xl/workbook.xml", "ppt/presentation.xml", "mimetype"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb.zip"
    files: dict[str, str | bytes] = {
        name: b"<x/>",
        "META-INF/container.xml": b"<x/>",
        "zeros": bytes(9 << 20),
    }
    path.write_bytes(packed(files))
    with pytest.raises(DocumentError, match="unpacks to 9 MB in 3 files, more than the limit of 8 MB"):
        parse(path, ParseOptions(unpacked_megabytes=8))


def test_properties_that_are_damaged_take_no_slides_away(tmp_path: Path) -> None:
    with ZipFile(BytesIO(samples.pptx())) as deck:
        parts = {name: deck.read(name) for name in deck.namelist()}
    path = tmp_path / "deck.pptx"
    path.write_bytes(packed({**parts, "docProps/core.xml": "<cp:coreProperties>"}))
    document = parse(path)
    assert samples.SENTENCE in document.text and document.metadata == {}
