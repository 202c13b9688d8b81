from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.cli.display import surroundings, visible


@pytest.mark.parametrize(
    ("text", "answer", "before", "after"),
    [
        ("One. Two three four. Five.", "three", "Two ", " four."),
        ("three", "three", "", ""),
        ("No end here three", "three", "No end here ", ""),
        ("一です。三です。四です。", "三", "", "です。"),
        ("a" * 300 + "three" + "b" * 300, "three", "…" + "a" * 200, "b" * 200 + "…"),
        ("Mr. three? Yes.", "three", "", "?"),
    ],
)
def test_the_sentence_around_an_answer(text: str, answer: str, before: str, after: str) -> None:
    start = text.index(answer)
    assert surroundings(text, start, start + len(answer)) == (before, after)


@given(st.text(), st.text(min_size=1), st.text())
def test_surroundings_are_of_the_text_and_hold_no_control_characters(
    left: str, text: str, right: str
) -> None:
    before, after = surroundings(left + text + right, len(left), len(left) + len(text))
    assert left.endswith(before.lstrip("…")) or before == ""
    assert right.startswith(after.rstrip("…")) or after == ""
    assert not any(category(character) == "Cc" for character in visible(before + after))
