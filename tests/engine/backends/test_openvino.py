"""The OpenVINO engine on the packaged reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.wait import eventually
from tritonqa.engine.backends.openvino import OpenVinoEngine
from tritonqa.engine.backends.openvino_attention import fold_key_transposes
from tritonqa.engine.base import pad_windows, rounded
from tritonqa.engine.fair_queue import FairQueue
from tritonqa.engine.job import Job
from tritonqa.engine.model_cache import VARIABLE, ModelCache
from tritonqa.features import Window
from tritonqa.reader.choose import choose
from tritonqa.reader.find import find_bundle
from tritonqa.reader.in_process import InProcess
from tritonqa.reader.load import load_in_process
from tritonqa.text import Ask

ov = pytest.importorskip("openvino", reason="needs tritonqa[openvino]")

LENGTHS = 3, 40, 41, 3, 200, 40, 39


@pytest.fixture(scope="module")
def backend() -> Iterator[InProcess]:
    backend = load_in_process(engine="openvino", precision="int8")
    yield backend
    backend.close()


def windows(backend: InProcess) -> list[Window]:
    asks = [Ask.of("Who?", " ".join(f"word{i}" for i in range(words))) for words in LENGTHS]
    return [backend.prepare(ask).windows[0] for ask in asks]


def test_short_windows_run_together_and_long_ones_alone() -> None:
    grouping = OpenVinoEngine.grouping
    assert grouping.admits(100, 100, 300)
    assert not grouping.admits(384, 384, 384)


@pytest.mark.parametrize("alone", [True, False])
def test_windows_of_several_lengths_run_together_as_they_run_one_by_one(
    backend: InProcess, alone: bool
) -> None:
    engine, several = backend.flow.engine, windows(backend)
    together = engine.run(several, alone=alone)
    assert [logits.shape for logits in together] == [(2, len(window)) for window in several]
    for window, logits in zip(several, together, strict=True):
        np.testing.assert_allclose(logits, engine.run([window], alone=alone)[0], atol=0.05)


def test_computed_tokens_are_what_is_run(backend: InProcess) -> None:
    engine, several = backend.flow.engine, windows(backend)
    assert isinstance(engine, OpenVinoEngine)
    tokens = [-(-len(window) // engine.round_to) * engine.round_to for window in several]
    assert engine.computed(several) == sum(tokens)


@pytest.mark.parametrize("alike", [1, 3])
def test_windows_that_wait_run_with_those_of_their_rounded_length(backend: InProcess, alike: int) -> None:
    engine, calls = backend.flow.engine, list[list[int]]()
    assert isinstance(engine, OpenVinoEngine)
    first, other = windows(backend)[1], windows(backend)[0]
    queue = FairQueue(100)
    for window in (first, other, *[first] * (alike - 1), other):
        queue.enter(Job([window], len))
    while queue.windows:
        group = queue.take(engine.grouping)
        calls.append([rounded(len(job.windows[index]), engine.round_to) for job, index in group])
    assert [len(call) for call in calls] == [alike, 2]
    assert all(len(set(call)) == 1 for call in calls)


def test_key_transposes_are_folded_into_the_product(backend: InProcess) -> None:
    core, file = ov.Core(), choose(find_bundle("tritonqa-minilm"), "openvino", "int8").file
    plain, turned = core.read_model(file), core.read_model(file)
    assert (fold_key_transposes(turned), fold_key_transposes(turned)) == (6, 0)
    window = windows(backend)[4]
    inputs = pad_windows([window], len(window))
    before, after = (core.compile_model(model, "CPU")(inputs) for model in (plain, turned))
    for output in (0, 1):
        np.testing.assert_allclose(after[output], before[output], atol=1e-3)


def logits_of(precision: str) -> tuple[bool, list[np.ndarray]]:
    """Open the packaged reader anew; say whether it was compiled before, and what it makes of windows."""
    backend = load_in_process(engine="openvino", precision=precision)
    engine = backend.flow.engine
    assert isinstance(engine, OpenVinoEngine)
    was_kept, several = engine.model.is_kept, windows(backend)[1:3]
    found = [logits for alone in (True, False) for logits in engine.run(several, alone=alone)]
    backend.close()
    return was_kept, found


@pytest.mark.parametrize("precision", ["int8", "int8-weights"])
def test_a_model_that_was_compiled_before_has_the_same_logits_to_the_bit(
    precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    _, plain = logits_of(precision)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    for kept in (False, True):
        was_kept, found = logits_of(precision)
        assert was_kept is kept
        assert all(np.array_equal(one, other) for one, other in zip(found, plain, strict=True))
        eventually(lambda: any(not path.name.startswith(".") for path in tmp_path.iterdir()))
    (blob,) = tmp_path.iterdir()
    ModelCache(tmp_path).put(blob.name, b"no model")  # whole, but not what OpenVINO reads
    _, found = logits_of(precision)
    assert all(np.array_equal(one, other) for one, other in zip(found, plain, strict=True))
