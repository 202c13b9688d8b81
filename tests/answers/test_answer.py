from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.answers import Answer, Answers
from tritonqa.errors import InputError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SHARE = st.floats(0, 1)
ANSWER = st.builds(Answer, TEXT, st.integers(0, 9), st.integers(0, 9), SHARE, st.integers(0, 9))
FLAG = st.booleans()
ANSWERS = st.builds(Answers, TEXT, st.lists(ANSWER, max_size=3).map(tuple), SHARE, FLAG, FLAG)


@given(ANSWERS)
def test_answers_are_the_same_after_json(answers: Answers) -> None:
    assert Answers.from_dict(json.loads(json.dumps(answers.to_dict()))) == answers


def test_what_is_new_is_left_out_and_what_is_old_may_be_missing() -> None:
    answer = {"text": "Ada", "start": 0, "end": 3, "score": 0.5, "passage": 0, "document": "a.pdf"}
    found = Answers.from_dict({"question": "Who?", "answers": [answer], "no_answer": 0.25, "searched": 3})
    assert found == Answers("Who?", (Answer("Ada", 0, 3, 0.5, 0),), 0.25)


@pytest.mark.parametrize(
    "record", [{}, [], {"question": "Who?", "answers": [{}], "no_answer": 0}, {"answers": 3}], ids=repr
)
def test_another_record_is_refused(record: Any) -> None:
    with pytest.raises(InputError, match="record holds no answers"):
        Answers.from_dict(record)
