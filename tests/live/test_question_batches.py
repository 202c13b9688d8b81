"""The tensors of a request, of one question and of several, on a real server."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.support.serving import LIMITS, ONCE
from tests.support.wait import PATIENCE
from tritonqa.client import Address, Client, connect
from tritonqa.errors import InputError
from tritonqa.protocol.call import Call
from tritonqa.protocol.contract import PASSAGE_COUNTS as COUNTS
from tritonqa.protocol.tensors import texts


@pytest.fixture
def client(url: str) -> Any:
    opened = connect(Address.parse(url), ONCE)
    yield opened
    opened.close()


def ask(client: Client, question: str, passages: list[str], **parameters: Any) -> Any:
    inputs = {"question": texts([question]), "passages": texts(passages)}
    return client.submit(Call("reader", inputs, ("answers",), parameters)).result(PATIENCE)


@pytest.mark.parametrize(
    ("question", "passages", "parameters", "message"),
    [
        (" ", ["x"], {}, "question is empty"),
        ("q", [" "], {}, "passages hold no text"),
        ("q" * (LIMITS.question + 1), ["x"], {}, "question has 10001 characters"),
        ("q", ["x"] * (LIMITS.passages + 1), {}, "passages are 1001"),
        ("q", ["x" * (LIMITS.characters + 1)], {}, "passages have 400001 characters"),
        ("q", ["x"], {"top_k": 0}, "top_k must be"),
        ("q", ["x"], {"path": "/etc/passwd"}, "option path is unknown"),
        ("q", ["x"], {"no_answer_threshold": 2.0}, "no_answer_threshold must be"),
    ],
)
def test_what_is_wrong_is_named(
    client: Client, question: str, passages: list[str], parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        ask(client, question, passages, **parameters)


def test_several_questions_in_a_request_are_answered_as_if_alone(client: Client) -> None:
    asks = [
        ("Who wrote it?", ["It was written by Ada."]),
        ("When was it written?", ["The sky is blue.", "It was written in 1843 by Ada.", "In 1843."]),
        ("Where is it?", ["It is in Paris 🤗, the old town."]),
    ]
    inputs = {
        "question": texts([question for question, _ in asks]),
        "passages": texts([passage for _, passages in asks for passage in passages]),
        COUNTS: np.array([len(passages) for _, passages in asks], np.int32),
    }
    outputs = ("answers", "text", "no_answer", "calibrated", "question_cut")
    found = client.submit(Call("reader", inputs, outputs, {"top_k": 2})).result(PATIENCE)
    alone = [json.loads(ask(client, *row, top_k=2)["answers"][0]) for row in asks]
    again = [json.loads(row) for row in found["answers"]]
    assert [strings(row) for row in again] == [strings(row) for row in alone]
    assert found["text"].tolist() == [answer["text"] for row in again for answer in row["answers"]]
    assert found["no_answer"].tolist() == pytest.approx([row["no_answer"] for row in again], abs=1e-6)
    assert found["calibrated"].tolist() == [True] * 3 and found["question_cut"].tolist() == [False] * 3


def strings(record: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(a["text"], a["start"], a["end"], a["passage"]) for a in record["answers"]]


def test_more_questions_than_may_wait_are_an_error_for_good(client: Client) -> None:
    inputs: dict[str, Any] = {"question": texts(["q"] * 100), "passages": texts(["x"] * 100)}
    inputs[COUNTS] = np.ones(100, np.int32)
    with pytest.raises(InputError, match="question is 100 texts; this server takes 32 a request"):
        client.submit(Call("reader", inputs, ("answers",))).result(PATIENCE)
    inputs = {"question": texts(["q"] * 30), "passages": texts(["word " * 2500] * 30)}
    inputs[COUNTS] = np.ones(30, np.int32)
    with pytest.raises(InputError, match="question: 30 need more windows than may wait"):
        client.submit(Call("reader", inputs, ("answers",))).result(PATIENCE)


@pytest.mark.parametrize("counts", [None, []])
def test_no_question_is_refused(client: Client, counts: list[int] | None) -> None:
    inputs: dict[str, Any] = {"question": texts([]), "passages": texts([])}
    if counts is not None:
        inputs[COUNTS] = np.array(counts, np.int32)
    with pytest.raises(InputError, match="question is missing"):
        client.submit(Call("reader", inputs, ("answers",))).result(PATIENCE)


@pytest.mark.parametrize("counts", [None, [2], [1, 2], [3, -1], [0, 2], [1, 1, 0]])
def test_questions_without_passages_of_their_own_are_refused(
    client: Client, counts: list[int] | None
) -> None:
    inputs: dict[str, Any] = {
        "question": texts(["Who?", "When?"]),
        "passages": texts(["By Ada.", "In 1843."]),
    }
    if counts is not None:
        inputs[COUNTS] = np.array(counts, np.int32)
    with pytest.raises(InputError, match=f"{COUNTS}|passages"):
        client.submit(Call("reader", inputs, ("answers",))).result(PATIENCE)
