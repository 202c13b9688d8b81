from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.pipeline_golden import BAD, CASES, FORMS, LOGITS, Example, Floats, call, key, load
from tritonqa.engine.base import Engine
from tritonqa.errors import InputError
from tritonqa.features import Window
from tritonqa.integrations.transformers import Options, QuestionAnsweringPipeline
from tritonqa.integrations.transformers.options import Changes
from tritonqa.reader.find import find_bundle
from tritonqa.reader.in_process import InProcess


class Recorded(Engine):
    """Give the logits that the golden run's model gave; a window that it never saw is a KeyError."""

    name = "recorded"
    precision = "fp32"
    streams = 2

    def __init__(self, logits: dict[int, Floats]) -> None:
        self._logits = logits

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[Floats]:
        return [self._of(window) for window in windows]

    def close(self) -> None:
        pass

    def _of(self, window: Window) -> Floats:
        known = self._logits[key(window.ids.tolist())]
        logits = np.zeros((2, len(window)), np.float32)
        logits[:, 0] = known[:, 0]
        logits[:, window.first : window.first + window.stop - window.start] = known[:, 1:]
        return logits


@pytest.fixture(scope="module")
def golden(data: Path) -> dict[str, Any]:
    return dict(json.loads(gzip.decompress((data / CASES).read_bytes())))


@pytest.fixture(scope="module")
def backend(data: Path) -> Iterator[InProcess]:
    opened = InProcess(find_bundle("tritonqa-minilm").tokenizer(), Recorded(load(data / LOGITS)))
    yield opened
    opened.close()


def answered(backend: InProcess, golden: dict[str, Any], case: dict[str, Any]) -> Any:
    pairs = [(golden["texts"][q], golden["texts"][c]) for q, c in case["pairs"]]
    args, kwargs = call(case["form"], pairs, Example)
    options: Changes = case["options"]
    pipe = QuestionAnsweringPipeline(backend, Options().changed(options if case["constructed"] else {}))
    result = pipe(*args, **kwargs) if case["constructed"] else pipe(*args, **kwargs, **options)
    if case["form"].startswith("generator"):
        assert not isinstance(result, list)
        result = list(result)
    return result


def couples(ours: Any, theirs: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    assert type(ours) is type(theirs)
    if isinstance(ours, dict):
        assert list(ours) == list(theirs)
        yield ours, theirs
    else:
        for mine, other in zip(ours, theirs, strict=True):
            yield from couples(mine, other)


def test_answers_as_the_pipeline_did(backend: InProcess, golden: dict[str, Any]) -> None:
    """Hold every call's shape, texts, offsets and scores to the golden run, but for two stated differences.

    It gives a repeated text the place of its first mention, we that of its likeliest; its sums over windows
    go above 1, ours stop there.
    """
    compared = elsewhere = 0
    for case in golden["cases"]:
        for ours, theirs in couples(answered(backend, golden, case), case["result"]):
            compared += 1
            assert ours["answer"].lower() == theirs["answer"].lower(), case
            assert ours["score"] == pytest.approx(min(theirs["score"], 1.0), abs=1e-4), case
            if (ours["start"], ours["end"]) != (theirs["start"], theirs["end"]):
                assert theirs["start"] < ours["start"], case
                elsewhere += 1
            else:
                assert ours["answer"] == theirs["answer"], case
    assert compared > 2500
    assert 0 < elsewhere < compared / 100


def test_the_golden_run_is_of_many_asks_options_and_forms(golden: dict[str, Any]) -> None:
    cases = golden["cases"]
    assert len({tuple(pair) for case in cases for pair in case["pairs"]}) >= 300
    assert {case["form"] for case in cases} == set(FORMS)
    used = {name for case in cases for name in case["options"]}
    assert used == set(Options.__dataclass_fields__)
    assert any(case["constructed"] and case["options"] for case in cases)
    assert sum(len(golden["texts"][c]) > 2000 for case in cases for _, c in case["pairs"]) > 50


@pytest.mark.parametrize("name", BAD)
def test_what_raised_value_error_does(backend: InProcess, golden: dict[str, Any], name: str) -> None:
    args, kwargs = BAD[name]
    assert golden["errors"][name] in ("ValueError", "KeyError")
    with pytest.raises(InputError) as raised:
        QuestionAnsweringPipeline(backend, Options())(*args, **kwargs)
    assert isinstance(raised.value, ValueError)
    assert "\n" not in str(raised.value)
