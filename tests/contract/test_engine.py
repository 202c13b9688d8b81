"""Every engine on the packaged reader gives the answers of the others, within its precision."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.engines import ENGINES
from tritonqa import Reader
from tritonqa.datasets import load_squad


@pytest.mark.parametrize("engine", ENGINES)
def test_answers_agree_with_onnxruntime(engine: str, data: Path, reader: Reader) -> None:
    examples = load_squad(data / "squad-heldout-sample.json.gz").examples[:60]
    asks = [(example.question, example.context) for example in examples]
    with Reader.load(engine=engine) as other:
        found = list(other.ask_many(asks, no_answer_threshold=1.0))
    same = 0
    for example, theirs, ours in zip(
        examples, found, reader.ask_many(asks, no_answer_threshold=1.0), strict=True
    ):
        assert example.context[theirs[0].start : theirs[0].end] == theirs[0].text
        same += theirs[0].text == ours[0].text
    assert same >= 54  # of 60: int8 kernels round differently
