from __future__ import annotations

import pytest

from tritonqa.answers.wordless import is_wordless


@pytest.mark.parametrize("text", ["", " ", "–", "“.”", "the", "\u200b", "\x07", "\ud83d", "、"])
def test_says_nothing(text: str) -> None:
    assert is_wordless(text)


@pytest.mark.parametrize("text", ["A", "7", "💗", "\U0001fa77", "\U0001faea", "\U0002ebf0", "\ue000", "+"])
def test_says_something(text: str) -> None:
    assert is_wordless(text) is False
