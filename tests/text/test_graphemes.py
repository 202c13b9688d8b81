from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa import Reader
from tritonqa.text.graphemes import end_of_grapheme

PIECES = st.sampled_from(["a", "\u0301", "ताब", "ें", "👩", "\u200d", "💻", "👍", "🏽", "\ufe0f", " ", "."])


@given(st.lists(PIECES, max_size=12).map("".join), st.integers(0, 30))
def test_a_cut_moves_to_where_no_mark_follows(text: str, at: int) -> None:
    found = end_of_grapheme(text, min(at, len(text)))
    assert min(at, len(text)) <= found <= len(text)
    assert end_of_grapheme(text, found) == found
    assert found in (0, len(text)) or category(text[found])[0] != "M"


@pytest.mark.parametrize("whole", ["e\u0301", "किताबें", "👍🏽", "👩\u200d💻", "❤\ufe0f"])
def test_a_character_is_not_cut(whole: str) -> None:
    assert end_of_grapheme(whole + " and", len(whole.rstrip("\u0301\ufe0f🏽💻\u200dें"))) == len(whole)


def test_an_answer_keeps_its_last_accent() -> None:
    context = "The author was Rene\u0301 and he lives in Paris."
    with Reader() as reader:
        (answer,) = reader.ask("Who was the author?", context)
    assert answer.text == "Rene\u0301" == context[answer.start : answer.end]
