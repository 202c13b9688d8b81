"""One document of every kind that is read, all of them about the same boiler."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

from fpdf import FPDF
from openpyxl import Workbook

TITLE = "Boiler handbook"
HEADING = "Warranty"
SENTENCE = "The warranty ends after 24 months, in Zürich as elsewhere 🔥."
PLAIN = "The warranty ends after 24 months."
AUTHORS = ("Lovelace, Ada", "Charles Babbage")
SAID = {"author": AUTHORS, "date": ("2024-05-31",), "keyword": ("boilers", "warranty")}
TABLE = [["Part", "Price"], ["Burner", "120"], ["Pump", "75"]]

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def packed(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def text() -> bytes:
    return f"{TITLE}\r\n\r\n{SENTENCE}\r\n".encode()


def markdown() -> bytes:
    table = "\n".join(["| Part | Price |", "|---|---|", "| Burner | 120 |", "| Pump | 75 |"])
    matter = 'authors: ["Lovelace, Ada", Charles Babbage]\ndate: 2024-05-31\ntags: [boilers, warranty]\n'
    return f"---\n{matter}---\n# {TITLE}\n\n## {HEADING}\n\n{SENTENCE}\n\n{table}\n".encode()


def html() -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in TABLE)
    body = f"<h1>{HEADING}</h1><p>{SENTENCE}</p><script>alert(1)</script><table>{rows}</table>"
    head = "".join(f'<meta name="author" content="{author}">' for author in AUTHORS)
    head += '<meta property="article:published_time" content="2024-05-31T08:00:00+02:00">'
    head += '<meta name="keywords" content="boilers, warranty">'
    return f"<!doctype html><head><title>{TITLE}</title>{head}</head><body>{body}".encode()


def pdf() -> bytes:
    made = FPDF()
    made.set_title(TITLE)
    made.set_author("; ".join(AUTHORS))
    made.set_keywords("boilers, warranty")
    made.set_creation_date(datetime(2024, 5, 31, 8, tzinfo=UTC))
    made.set_font("helvetica", size=12)
    for paragraph in ("Cover", PLAIN):
        made.add_page()
        made.start_section(HEADING if paragraph == PLAIN else "Front")
        made.multi_cell(0, text=f"{HEADING if paragraph == PLAIN else 'Front'}\n{paragraph}")
    return bytes(made.output())


def core() -> str:
    """Return what an Office file says of itself."""
    said = {
        "dc:creator": ";".join(AUTHORS),
        "cp:keywords": "boilers, warranty",
        "dcterms:created": "2024-05-31T08:00:00Z",
    }
    names = "".join(f' xmlns:{one}="https://example.org/{one}"' for one in ("cp", "dc", "dcterms"))
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in said.items())
    return f"<cp:coreProperties{names}>{inner}</cp:coreProperties>"


def docx_of(body: str, **parts: str) -> bytes:
    styles = f'<w:styles {_W}><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style></w:styles>'
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": styles,
            "docProps/core.xml": core(),
            **{f"word/{name}.xml": f"<w:{name} {_W}>{content}</w:{name}>" for name, content in parts.items()},
        }
    )


def paragraph(content: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{content}</w:t></w:r></w:p>"


def docx() -> bytes:
    cells = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in TABLE
    )
    return docx_of(paragraph(HEADING, "H1") + paragraph(SENTENCE) + f"<w:tbl>{cells}</w:tbl>")


def csv() -> bytes:
    return "".join(f"{';'.join(row)}\n" for row in TABLE).encode()


def xlsx() -> bytes:
    book = Workbook()
    book.properties.creator, book.properties.keywords = "; ".join(AUTHORS), "boilers, warranty"
    book.properties.created = datetime(2024, 5, 31, 8)
    sheet = book.active
    assert sheet is not None
    sheet.title = "Spare parts"
    sheet.append(TABLE[0])
    for name, price in TABLE[1:]:
        sheet.append([name, float(price)])
    book.create_sheet(HEADING).append([SENTENCE])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def pptx() -> bytes:
    title = f'<p:sp><p:nvPr><p:ph type="title"/></p:nvPr><a:p><a:r><a:t>{HEADING}</a:t></a:r></a:p></p:sp>'
    body = f"<p:sp><a:p><a:r><a:t>{SENTENCE}</a:t></a:r></a:p></p:sp>"
    slide = f"<p:sld {_P} {_A}>{body}{title}</p:sld>"
    first = f"<p:sld {_P} {_A}><p:sp><a:p><a:r><a:t>{TITLE}</a:t></a:r></a:p></p:sp></p:sld>"
    return packed(
        {
            "ppt/presentation.xml": f'<p:presentation {_P} {_R}><p:sldIdLst><p:sldId id="256" r:id="one"/>'
            '<p:sldId id="257" r:id="two"/></p:sldIdLst></p:presentation>',
            "ppt/_rels/presentation.xml.rels": "<Relationships>"
            '<Relationship Id="two" Type="x/slide" Target="slides/slide1.xml"/>'
            '<Relationship Id="one" Type="x/slide" Target="/ppt/slides/slide9.xml"/></Relationships>',
            "docProps/core.xml": core(),
            "ppt/slides/slide1.xml": slide,
            "ppt/slides/slide9.xml": first,
        }
    )


def epub() -> bytes:
    chapter = (
        f"<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>{HEADING}</h1><p>{SENTENCE}</p></body></html>"
    )
    said = "".join(f"<creator>{author}</creator>" for author in AUTHORS) + "<date>2024-05-31</date>"
    said += "<subject>boilers</subject><subject>warranty</subject>"
    package = (
        f"<package><metadata><title>{TITLE}</title>{said}</metadata>"
        '<manifest><item id="c" href="one%20chapter.xhtml"/></manifest>'
        '<spine><itemref idref="c"/></spine></package>'
    )
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfile full-path="OPS/book.opf"/></container>',
            "OPS/book.opf": package,
            "OPS/one chapter.xhtml": chapter,
        }
    )


def eml() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", TITLE
    message["Date"] = datetime(2024, 5, 31, 8, tzinfo=UTC)
    message.set_content(SENTENCE)
    message.add_alternative(f"<p>{SENTENCE}</p>", subtype="html")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="parts.pdf")
    return message.as_bytes()


def jsonl() -> bytes:
    records = [{"title": TITLE, "text": PLAIN}, {"title": HEADING, "text": SENTENCE}]
    return "".join(json.dumps(record) + "\n" for record in records).encode()


SAMPLES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "text": (".txt", text),
    "markdown": (".md", markdown),
    "html": (".html", html),
    "pdf": (".pdf", pdf),
    "docx": (".docx", docx),
    "csv": (".csv", csv),
    "xlsx": (".xlsx", xlsx),
    "pptx": (".pptx", pptx),
    "epub": (".epub", epub),
    "eml": (".eml", eml),
    "jsonl": (".jsonl", jsonl),
}
