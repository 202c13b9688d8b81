from __future__ import annotations

from pathlib import Path

import pytest

from tritonqa.library.parse import parse


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ('<meta name="Author" content=" Ada  Lovelace ">', {"author": ("Ada Lovelace",)}),
        (
            '<meta name="DC.creator" content="Ada"><meta name="dc.date" content="1843">',
            {"author": ("Ada",), "date": ("1843",)},
        ),
        ('<meta name="citation_publication_date" content="2024/05/31">', {"date": ("2024-05-31",)}),
        (
            '<meta property="article:tag" content="a; b"><meta name="keywords" content="b,c">',
            {"keyword": ("a", "b", "c")},
        ),
        ('<meta name="date" content="last May"><meta name="author"><meta content="x">', {}),
        ('<meta name="viewport" content="width=device-width">', {}),
    ],
)
def test_a_page_says_who_wrote_it_when_and_about_what(
    tmp_path: Path, head: str, said: dict[str, tuple[str, ...]]
) -> None:
    body = '<body><p>Words.<meta name="author" content="no">'
    page = f'<!doctype html><html lang="en-GB"><head>{head}</head>{body}'
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    assert parse(tmp_path / "page.html").metadata == {**said, "language": ("en-GB",)}
