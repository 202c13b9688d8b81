from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from tritonqa import Reader
from tritonqa.text import whole_graphemes

PIECES = st.sampled_from(
    [
        "a",
        "\u0301",
        "ताब",
        "ें",
        "👩",
        "\u200d",
        "💻",
        "👍",
        "🏽",
        "\ufe0f",
        "🇫",
        "🇷",
        "\r",
        "\n",
        "ᄒ",
        "ᅡ",
        "ᆫ",
        " ",
        ".",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.integers(0, 30), st.integers(0, 30))
def test_cuts_move_to_the_borders_of_characters(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    found = whole_graphemes(text, start, end)
    borders = {0, *(match.end() for match in regex.finditer(r"\X", text))}
    assert found[0] in borders and found[1] in borders
    assert found[0] == max(border for border in borders if border <= start)
    assert found[1] == min(border for border in borders if border >= end)


@pytest.mark.parametrize(
    "whole",
    [
        "e\u0301",
        "किताबें",
        "है",
        "👍🏽",
        "👩\u200d💻",
        "❤\ufe0f",
        "🇫🇷",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "각",
    ],
)
def test_a_character_is_not_cut(whole: str) -> None:
    last = len(regex.findall(r"\X", whole)[-1])
    text = f"x {whole} and"
    assert whole_graphemes(text, 2, 2 + len(whole) - last + 1) == (2, 2 + len(whole))


def test_an_answer_keeps_its_last_accent() -> None:
    context = "The author was Rene\u0301 and he lives in Paris."
    with Reader() as reader:
        (answer,) = reader.ask("Who was the author?", context)
    assert answer.text == "Rene\u0301" == context[answer.start : answer.end]
