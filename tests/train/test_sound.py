from __future__ import annotations

import pytest

from tritonqa.datasets import Example
from tritonqa.errors import InputError
from tritonqa.train import sound

GOOD = [Example("a", "", "?", "Ada wrote it.", ("Ada",), (0,)), Example("b", "", "?", "Nothing.", ())]
FOUND = Example("c", "", "?", "It was Ada.", ("Ada",), (-1,))
BAD = [Example(f"bad{i}", "", "?", "Ada wrote it.", ("Bob",), (i - 1,)) for i in range(7)]
BLANK = Example("blank", "", "?", "Ada wrote it.", (" ",), (3,))


def test_bad_answers_are_counted_and_named() -> None:
    with pytest.raises(InputError) as caught:
        sound([*GOOD, *BAD, BLANK, FOUND])
    message = str(caught.value)
    assert message.startswith("answers of 8 of 11 questions are not where they should be")
    assert "question bad4: 'Bob' is not in the context at 3; and 3 more)" in message
    assert "--skip-bad" in message
    assert "bad5" not in message


def test_bad_answers_are_left_out_when_asked() -> None:
    assert sound([*GOOD, *BAD, BLANK, FOUND], skip_bad=True) == [*GOOD, FOUND]
    assert sound([*GOOD, FOUND]) == [*GOOD, FOUND]
