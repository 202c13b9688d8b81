from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tritonqa.library.passages.analyse import analyse, query_terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The Houses were painted", ["the", "hous", "were", "paint"]),
        ("CAFÉ Straße", ["cafe", "strass"]),
        ("東京都の人口", ["東京", "京都", "都の", "の人", "人口"]),
        ("犬", ["犬"]),
        ("ＡＢＣ１２３", ["abc123"]),
        ("สวัสดี", ["สว", "วั", "ัส", "สด", "ดี"]),
        ("संविधान में", ["संविधान", "में"]),
        ("كِتَاب 42", ["كِتَاب", "42"]),
        ("😀 — …", []),
    ],
)
def test_words_of_any_script_become_terms(text: str, terms: list[str]) -> None:
    assert analyse(text) == terms


def test_a_question_leaves_out_words_that_say_little_but_is_never_empty() -> None:
    assert query_terms("Where is the library of the house?") == ["librari", "hous"]
    assert query_terms("Who are the Who?") == ["who", "are", "the"]


def test_an_accent_folds_latin_letters_alone() -> None:
    for word in ("гарантийный", "зелёный", "보증 기간", "がぎぐ"):
        assert set(analyse(word)) <= set(analyse(f"Café José {word}"))
    assert analyse("İstanbul") == analyse("istanbul") and analyse("Việt") == analyse("viet")


@settings(max_examples=40, deadline=None)
@given(st.text())
def test_terms_are_never_empty_and_found_again(text: str) -> None:
    terms = analyse(text)
    assert all(terms)
    assert any(letter.isalnum() for letter in text) <= bool(terms) or not any(map(str.isalpha, text))
    assert set(query_terms(text)) <= set(terms)
