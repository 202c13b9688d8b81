"""Documents that others made: tests/data/documents/README.md says who."""

from __future__ import annotations

from pathlib import Path

import pytest

from tritonqa.errors import DocumentError
from tritonqa.library.parse import ParseOptions, parse_apart

DATA = Path(__file__).parents[2] / "data" / "documents"


@pytest.mark.parametrize(
    ("name", "kind", "words", "pages"),
    [
        ("lorem-ipsum.epub", "epub", "Lorem ipsum dolor sit amet", 0),
        ("open-password.pdf", "pdf", "created in Open Office", 1),
        ("cyclic-type3-font.pdf", "pdf", "a", 1),
        ("page-breaks.docx", "docx", "<<followed by more text", 6),
        ("comments.docx", "docx", "Some text worthy of note", 0),
    ],
)
def test_they_are_read(name: str, kind: str, words: str, pages: int) -> None:
    document = parse_apart(DATA / name, ParseOptions(passwords=("wrong", "password"), seconds=120))
    assert (document.kind, len(document.pages)) == (kind, pages)
    assert words in document.text


def test_a_page_tree_that_leads_to_itself_is_named() -> None:
    with pytest.raises(DocumentError, match="none of its pages can be read"):
        parse_apart(DATA / "recursive-page-tree.pdf", ParseOptions(seconds=120))
