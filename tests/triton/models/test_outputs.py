from __future__ import annotations

import json

from tritonqa.answers import Answer, Answers
from tritonqa.protocol import contract
from tritonqa.triton.models.outputs import output

FOUND = [
    Answers("Who?", (Answer("Ada é", 3, 8, 0.75, 1), Answer("Bob", 0, 3, 0.25, 0)), 0.125, True),
    Answers("When?", (), 0.5, question_cut=True),
]


def test_there_is_a_row_for_each_question() -> None:
    rows = [json.loads(row.decode()) for row in output(contract.ANSWERS, FOUND)]
    assert [Answers.from_dict(row) for row in rows] == FOUND
    assert output(contract.NO_ANSWER, FOUND).tolist() == [0.125, 0.5]
    assert output(contract.CALIBRATED, FOUND).tolist() == [True, False]
    assert output(contract.QUESTION_CUT, FOUND).tolist() == [False, True]


def test_there_is_a_row_for_each_answer() -> None:
    assert output(contract.TEXT, FOUND).tolist() == ["Ada é".encode(), b"Bob"]
    assert output(contract.SCORE, FOUND).tolist() == [0.75, 0.25]
    places = [output(name, FOUND).tolist() for name in (contract.PASSAGE, contract.START, contract.END)]
    assert places == [[1, 0], [3, 0], [8, 3]]


def test_columns_have_their_type_where_there_is_no_answer() -> None:
    kinds = [output(name, FOUND[1:]).dtype.name for name in (contract.TEXT, contract.SCORE, contract.START)]
    assert kinds == ["object", "float32", "int32"]
