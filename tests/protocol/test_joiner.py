from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.errors import EngineError
from tritonqa.protocol.call import Call
from tritonqa.protocol.contract import PASSAGE_COUNTS
from tritonqa.protocol.joiner import AskJoiner
from tritonqa.protocol.tensors import texts

TEXT = st.text(max_size=20)
ASKS = st.lists(st.tuples(TEXT, st.lists(TEXT, max_size=4)), min_size=1, max_size=8)
JOINER = AskJoiner()


def call(question: str, passages: list[str], **options: float) -> Call:
    return Call("reader", {"question": texts([question]), "passages": texts(passages)}, ("answers",), options)


@given(ASKS)
def test_each_question_keeps_its_passages(asks: list[tuple[str, list[str]]]) -> None:
    joined = JOINER.join([call(*ask) for ask in asks])
    passages, ends = joined.inputs["passages"].tolist(), np.cumsum(joined.inputs[PASSAGE_COUNTS])
    again = [passages[end - n : end] for n, end in zip(joined.inputs[PASSAGE_COUNTS], ends, strict=True)]
    assert list(zip(joined.inputs["question"].tolist(), again, strict=True)) == asks
    assert joined.outputs == ("answers",) and joined.model == "reader"


@given(ASKS)
def test_each_ask_gets_its_own_row(asks: list[tuple[str, list[str]]]) -> None:
    calls = [call(*ask) for ask in asks]
    rows = [json.dumps(ask) for ask in asks]
    parts = JOINER.split({"answers": texts(rows), "cut": np.arange(len(asks)) % 2 == 1}, calls)
    assert [part["answers"].tolist() for part in parts] == [[row] for row in rows]
    assert [part["cut"].tolist() for part in parts] == [[i % 2 == 1] for i in range(len(asks))]


def test_another_number_of_rows_is_an_error() -> None:
    with pytest.raises(EngineError, match="1 answers to 2 questions"):
        JOINER.split({"answers": texts(["x"])}, [call("a", ["b"])] * 2)


@pytest.mark.parametrize(
    ("waiting", "other", "fits"),
    [
        ([call("q", ["p"])], call("r", ["s", "t"]), True),
        ([call("q", ["p"], top_k=2)], call("r", ["s"], top_k=2), True),
        ([call("q", ["p"])], call("r", ["s"], top_k=2), False),
        ([call("q", ["p"])] * 8, call("r", ["s"]), False),
        ([call("q", ["p"])], call("r", ["s" * 10_000]), False),
    ],
    ids=["short", "same options", "other options", "many", "long"],
)
def test_only_a_few_short_asks_with_the_same_options_are_joined(
    waiting: list[Call], other: Call, fits: bool
) -> None:
    assert JOINER.fits(waiting, other) is fits
