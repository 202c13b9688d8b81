from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.text import sentence_around
from tritonqa.text.sentence import REACH

HINDI = "दिल्ली भारत की राजधानी है। लाल किला शाहजहाँ ने बनवाया। वह 1648 में पूरा हुआ।"


def around(text: str, part: str) -> str:
    start = text.index(part)
    return slice_of(text, start, start + len(part))


def slice_of(text: str, start: int, end: int) -> str:
    return text[slice(*sentence_around(text, start, end))]


@pytest.mark.parametrize(
    ("text", "part", "sentence"),
    [
        (HINDI, "शाहजहाँ", "लाल किला शाहजहाँ ने बनवाया।"),
        ("متى بنيت القلعة؟ بنيت عام 1183. وهي كبيرة.", "1183", "بنيت عام 1183."),
        ("یہ قلعہ ہے۔ یہ 1648 میں بنا۔ وہ بڑا ہے۔", "1648", "یہ 1648 میں بنا۔"),
        ("Wait… It was 1071. Yes.", "1071", "It was 1071."),
        ("一です｡三です｡四です｡", "三", "三です｡"),
    ],
)
def test_sentences_end_at_the_marks_of_their_script(text: str, part: str, sentence: str) -> None:
    assert around(text, part) == sentence


def test_a_long_sentence_is_cut_between_words() -> None:
    text = "mouths of rivers " * 40 + "kestrel" + " rivers of mouths" * 40
    found = around(text, "kestrel")
    assert set(found.split()) == {"mouths", "of", "rivers", "kestrel"}
    assert 2 * REACH <= len(found) < 2 * REACH + 60


@given(st.text(), st.text(min_size=1), st.text())
def test_no_character_is_cut_and_the_span_is_within(left: str, part: str, right: str) -> None:
    text = left + "👩‍👩‍👧‍👦" * 30 + part + "🇩🇪" * 120 + right
    start = len(left) + len("👩‍👩‍👧‍👦") * 30
    begin, end = sentence_around(text, start, start + len(part))
    assert begin <= start and end >= start + len(part)
    borders = {0, *(found.end() for found in regex.finditer(r"\X", text))}
    assert {begin, end} <= borders
