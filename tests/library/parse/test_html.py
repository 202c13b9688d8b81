from __future__ import annotations

import html as escaping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import described
from tritonqa.library.document import Document
from tritonqa.library.parse import parse
from tritonqa.library.parse.web import write_html
from tritonqa.library.parse.writer import Writer

WORD = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1)


def shown(page: str, *, xml: bool = False) -> Document:
    writer = Writer()
    title = write_html(writer, page, xml=xml)
    return writer.document("html", title)


@given(st.lists(WORD, min_size=1, max_size=8), st.sampled_from([" ", "\n  ", "</b> ", " <i>", "&#32;"]))
def test_words_are_shown_in_order_a_space_between_them(words: list[str], space: str) -> None:
    page = space.join(f"<b>{escaping.escape(word)}" for word in words)
    assert shown(f"<p>{page}</p>").text.split() == " ".join(words).split()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")))
def test_any_text_gives_a_document_whose_places_hold(page: str) -> None:
    document = shown(page)
    for row in document.rows:
        assert all(row.start <= start <= end <= row.end for start, end in row.cells)


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var a = 'secret'</script>",
        "<style>.secret{}</style>",
        "<p hidden>secret</p>",
        '<div style="display: none"><p>secret</p></div>',
        '<span style="VISIBILITY:hidden">secret</span>',
        '<span style="font-size:0">secret</span>',
        "<template><p>secret</p></template>",
        "<noscript>secret</noscript>",
        "<!-- secret -->",
        "<svg><text>secret</text></svg>",
        "<iframe>secret</iframe>",
        "<textarea hidden>secret</textarea>",
    ],
)
def test_what_a_browser_does_not_show_is_left_out(hidden: str) -> None:
    assert shown(f"<p>before</p>{hidden}<p>after</p>").text.split() == ["before", "after"]


def test_what_closes_itself_in_xhtml_hides_nothing_behind_it() -> None:
    head = "<head><title/><script src='x.js'/></head>"
    page = f"<html>{head}<body><p>one<br/>two</p><audio src='a'/><p>three</p></body>"
    assert shown(page, xml=True).text.split() == ["one", "two", "three"]
    assert not shown(page).text, "as HTML all behind an open title is its text"


def test_a_table_says_its_caption_and_none_of_its_hidden_rows() -> None:
    hidden = '<tr style="display:none"><td>secret</td></tr><tbody hidden><tr><td>secret</td></tr></tbody>'
    rows = f"<tr><th>Part</th><th>Price</th></tr><tr><td>Pump</td><td>75</td></tr>{hidden}"
    document = shown(
        f"<p>before</p><table><caption>Prices <b>in</b> 2024</caption>{rows}</table><p>after</p>"
    )
    assert document.text == "before\n\nPrices in 2024\n\nPart\tPrice\nPump\t75\n\nafter"
    assert [row.number for row in document.rows] == [1, 2]


def test_blocks_stand_on_lines_and_spaces_are_joined() -> None:
    page = "<ul><li>one <b>bold</b>\n item<li>two</ul><pre>a  b\n  c</pre><p>x<br>y&nbsp;z"
    assert shown(page).text == "one bold item\ntwo\n\na  b\n  c\n\nx\ny\xa0z"


def test_headings_nest() -> None:
    document = shown("<h1>House</h1>a<h2>Roof <small>flat</small></h2>b<h1>Garden</h1>c")
    headings = [document.heading(document.text.index(f"\n{letter}") + 1) for letter in "abc"]
    assert headings == [("House",), ("House", "Roof flat"), ("Garden",)]


def test_cells_that_span_leave_the_others_empty() -> None:
    document = shown(
        "<table><tr><th>Part<th>Price<th>Unit</tr><tr><td rowspan=2>Pump<td colspan=2>75 EUR</tr>"
        "<tr><td>80<td>EUR</tr></table>"
    )
    rows = [[document.text[start:end] for start, end in row.cells] for row in document.rows]
    assert rows == [["Part", "Price", "Unit"], ["Pump", "75 EUR", ""], ["", "80", "EUR"]]
    assert described(document.rows[2], document) == "Price: 80; Unit: EUR"


def test_a_table_that_lays_out_a_page_is_walked_through() -> None:
    document = shown("<table><tr><td><h1>Title</h1><table><tr><td>a<td>b</table></table>")
    assert document.heading(document.text.index("a\tb")) == ("Title",)
    assert len(document.rows) == 1


def test_a_page_nested_very_deep_is_read() -> None:
    assert shown("<div>" * 20_000 + "deep").text == "deep"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_the_encoding_is_the_one_that_is_declared(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(f'<meta charset="{encoding}"><title>Öl</title><p>Größe – “5 m”'.encode(encoding))
    document = parse(path)
    assert (document.title, document.text) == ("Öl", "Größe – “5 m”")
