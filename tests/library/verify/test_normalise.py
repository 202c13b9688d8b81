from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.library.verify import normalise

MIXED = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from(" \n\t\u00ad-–—“”«»'…ﬁé*_.\u200b\u3000日本語が")),
    max_size=60,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“so” ‘it’ «is» „he“", '"so" \'it\' "is" "he"'),
        ("「此」", '"此"'),
        ("1939–1945 — war", "1939-1945 - war"),
        ("a\u00a0b \n\t c", "a b c"),
        ("the of\ufb01ce", "the office"),
        ("Caf\u00e9", "Cafe\u0301"),
        ("war-\nranty", "warranty"),
        ("war\u00ad\nranty", "warranty"),
        ("so … then", "so ... then"),
        ("so . . . then", "so ... then"),
        ("a **very** _good_ pump", "a very good pump"),
        ("\u202bright\u202c \u200bword", "right word"),
        ("東京\n都", "東京都"),
        ("ＡＢＣ１２３", "ABC123"),
    ],
)
def test_what_says_the_same_is_equal(one: str, other: str) -> None:
    assert normalise(one).text == normalise(other).text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The end", "the end"),
        ("24", "25"),
        ("snake_case", "snakecase"),
        ("2*3", "23"),
        ("well-known", "wellknown"),
    ],
)
def test_what_says_something_else_is_not(one: str, other: str) -> None:
    assert normalise(one).text != normalise(other).text


def test_a_hyphen_at_a_line_s_end_can_be_kept() -> None:
    assert normalise("well-\nknown", hyphens=True).text == "well-known"


@given(MIXED)
def test_every_character_knows_where_it_comes_from(text: str) -> None:
    form = normalise(text)
    assert len(form.offsets) == len(form.text)
    assert list(form.offsets) == sorted(form.offsets)
    for place in range(len(form.text)):
        start, end = form.original(place, place + 1)
        assert 0 <= start < end <= len(text)
        if form.text[place].isascii() and form.text[place].isalnum() and text[start].isascii():
            assert text[start] == form.text[place]


@given(MIXED)
def test_the_form_of_a_form_is_itself(text: str) -> None:
    once = normalise(normalise(text).text).text
    assert normalise(once).text == once


@given(MIXED, st.data())
def test_a_part_s_form_is_found_at_the_part(text: str, data: st.DataObject) -> None:
    words = f"before {text} after"
    form = normalise(words)
    part = data.draw(st.sampled_from(["before", "after"]))
    start = form.text.index(part) if part == "before" else form.text.rindex(part)
    begin, end = form.original(start, start + len(part))
    assert words[begin:end] == part
