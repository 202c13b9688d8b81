from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission, EncryptionMethod

from tritonqa import Library
from tritonqa.library.document import Document, Page, Row, Section
from tritonqa.library.index.reading import fingerprint, outdated
from tritonqa.library.parse import ParseOptions
from tritonqa.library.parse.version import parser_of
from tritonqa.library.store import Reading
from tritonqa.library.store.sqlite.schema import FILE

PAGE = "---\nauthor: Ada Lovelace\n---\n# Boats\n\nThe boat sails on the lake."


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, text=one.text + " "),
        lambda one: replace(one, title="Ships"),
        lambda one: replace(one, kind="html"),
        lambda one: replace(one, pages=(Page(1, "i", 0, 4),)),
        lambda one: replace(one, sections=(Section(0, 4, ("Boats",)),)),
        lambda one: replace(one, rows=(Row(0, 4, 1, ("a",), ((0, 4),)),)),
    ],
)
def test_a_reading_that_makes_other_passages_has_another_fingerprint(
    change: Callable[[Document], Document],
) -> None:
    one = Document("Sails", "text", "Boats", pages=(Page(1, "1", 0, 4),))
    same = replace(one, digest="b", notes=("a note",), metadata={"author": ("Ada",)}, parser="2")
    assert fingerprint(change(one)) != fingerprint(one) == fingerprint(same)


def test_what_another_version_has_read_is_outdated() -> None:
    readings = [
        Reading("now", "pdf", False, parser_of("pdf")),
        Reading("before", "pdf", False, "0 pypdfium2 4.30.0"),
        Reading("long ago", "docx", False),
        Reading("scan", "pdf", True, "0 pypdfium2 4.30.0"),
    ]
    assert outdated(readings, ocr=False) == {"before", "long ago"}
    assert outdated(readings, ocr=True) == {"before", "long ago", "scan"}


def encrypted(text: str, password: str) -> bytes:
    made = FPDF()
    made.set_encryption("owner", password, EncryptionMethod.RC4, AccessPermission.none())
    made.add_page()
    made.set_font("helvetica")
    made.cell(text=text)
    return bytes(made.output())


def read_by_another_version(library: Path, **columns: str) -> None:
    connection = sqlite3.connect(library / FILE)
    for name, value in {"parser": "0", **columns}.items():
        connection.execute(f"UPDATE documents SET {name} = ?", (value,))
    connection.commit()
    connection.close()


def test_what_another_version_has_read_is_read_again(tmp_path: Path) -> None:
    page, copy = tmp_path / "page.md", tmp_path / "copy.md"
    for path in (page, copy):
        path.write_text(PAGE, encoding="utf-8")
    with Library(tmp_path / "x.library") as library:
        made = library.add([page, copy]).passages
        read_by_another_version(tmp_path / "x.library", metadata="")
        report = library.add([page, copy])
        assert report.unchanged == 2 and not report.changed and not report.without_vectors
        assert {hit.metadata["author"] for hit in library.search("boat")} == {("Ada Lovelace",)}
        assert library.add([page, copy]).unchanged == 2

        read_by_another_version(tmp_path / "x.library", fingerprint="", title="Ships")
        assert library.add(page).changed == [str(page)]
        document = library.document(copy)
        assert document is not None and document.title == "Boats"
        assert library.status().passages == made and not library.status().without_vectors


def test_what_can_not_be_read_again_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    path.write_bytes(encrypted("The boat sails on the lake.", "secret"))
    with Library(tmp_path / "x.library", options=ParseOptions(passwords=("secret",))) as library:
        library.add(path)
    read_by_another_version(tmp_path / "x.library")
    with Library(tmp_path / "x.library") as library:
        report = library.add(path)
        assert report.unchanged == 1 and not report.skipped
        assert report.notes[0].startswith(f"{path}: stays as it was read before, for now it is encrypted")
        assert [hit.document for hit in library.search("boat")] == [str(path)]
        path.write_bytes(encrypted("The train leaves.", "another"))  # other bytes are another document
        assert library.add(path).skipped[0].reason.startswith("is encrypted")
        assert not library.search("boat")
