"""The logits on a real Triton gives the logits of the engine in process; a reader can stand on it."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import wait
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.serving import LIMITS, ONCE
from tests.support.wait import PATIENCE
from tritonqa import Reader
from tritonqa.client import Address, connect
from tritonqa.datasets import load_squad
from tritonqa.errors import EngineError, InputError, Overloaded
from tritonqa.protocol.call import Call
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.server.server import Server


def test_answers_agree_with_the_engine_in_process(url: str, reader: Reader, data: Path) -> None:
    examples = load_squad(data / "squad-heldout-sample.json.gz").examples[:30]
    asks = [(example.question, example.context) for example in examples]
    with Reader.load(engine=url) as remote:
        for ours, theirs in zip(reader.ask_many(asks), remote.ask_many(asks), strict=True):
            assert [(a.text, a.start) for a in ours] == [(a.text, a.start) for a in theirs]
            assert ours.no_answer == pytest.approx(theirs.no_answer, abs=1e-3)


@settings(max_examples=60)
@given(lengths=st.lists(st.tuples(st.integers(1, 20), st.integers(0, 30)), min_size=1, max_size=3))
def test_batches_are_rows_and_padding_is_masked(server: Server, lengths: list[tuple[int, int]]) -> None:
    width = max(first + second for first, second in lengths)
    ids = np.zeros((len(lengths), width), np.int64)
    mask, types = ids.copy(), ids.copy()
    for row, (first, second) in enumerate(lengths):
        ids[row, : first + second] = np.arange(1000, 1000 + first + second)
        mask[row, : first + second] = 1
        types[row, first : first + second] = 1
    client = connect(server.grpc)

    def logits(part: slice, size: int) -> np.ndarray:
        inputs = {
            "input_ids": ids[part, :size],
            "attention_mask": mask[part, :size],
            "token_type_ids": types[part, :size],
        }
        return client.submit(Call("logits", inputs, ("start_logits",))).result(PATIENCE)["start_logits"]

    batch = logits(slice(None), width)
    for row, (first, second) in enumerate(lengths):
        alone = logits(slice(row, row + 1), first + second)
        assert np.allclose(batch[row, : first + second], alone[0], atol=0.2)
        assert not batch[row, first + second :].any()
    client.close()


@pytest.mark.parametrize(
    ("mask", "types", "message"),
    [([1, 0, 1], [0, 0, 0], "attention_mask must be ones"), ([1, 1, 1], [0, 1, 0], "token_type_ids must be")],
)
def test_odd_rows_are_refused(url: str, mask: list[int], types: list[int], message: str) -> None:
    client = connect(Address.parse(url), ONCE)
    rows = {"input_ids": [[5, 6, 7]], "attention_mask": [mask], "token_type_ids": [types]}
    inputs = {name: np.array(row, np.int64) for name, row in rows.items()}
    with pytest.raises(InputError, match=message):
        client.submit(Call("logits", inputs, ("start_logits",))).result(PATIENCE)
    client.close()


def test_more_rows_than_may_wait_are_refused_and_the_others_answered(server: Server) -> None:
    client = connect(server.grpc, ONCE)
    rows = np.full((16, 250), 2000, np.int64)
    inputs = {"input_ids": rows, "attention_mask": np.ones_like(rows), "token_type_ids": np.zeros_like(rows)}
    calls = [client.submit(Call("logits", inputs, ("end_logits",))) for _ in range(LIMITS.waiting // 16 + 8)]
    wait(calls, PATIENCE)
    client.close()
    refused = [error for call in calls if (error := call.exception())]
    answers = [call.result()["end_logits"] for call in calls if not call.exception()]
    assert refused and all(isinstance(error, Overloaded) for error in refused)
    assert answers and all(np.allclose(logits, answers[0][0], atol=0.2) for logits in answers)


def test_an_engine_of_another_reader_is_refused(url: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(find_bundle(PACKAGED).folder, bundle)
    record = json.loads((bundle / "bundle.json").read_text())
    (bundle / "bundle.json").write_text(json.dumps(record | {"name": "other", "version": "7"}))
    with pytest.raises(EngineError, match="runs tritonqa-minilm .*, not other 7; load the same reader"):
        Reader.load(bundle, engine=url)
