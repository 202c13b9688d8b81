"""A checkpoint with an answer-type head: its third output in every engine, and as an ordinary reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support import checkpoints
from tests.support.engines import ENGINES
from tritonqa import Reader
from tritonqa.bundle import Bundle
from tritonqa.engine import Choice, Engine, open_engine
from tritonqa.engine.answer_types import ANSWER_TYPES, answer_type_logits
from tritonqa.engine.backends.torch import TorchEngine
from tritonqa.export import ExportOptions, Quantisation, export
from tritonqa.export.torch_engine import open_program
from tritonqa.features import Template, TextTokenizer, Window, Windowing, prepare
from tritonqa.text import Ask

FORMATS = ("checkpoint", "onnx", "onnx-int8", "torch-export")


@pytest.fixture(scope="module")
def bundle(bert: Path, asks: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    source = checkpoints.with_answer_types(bert, tmp_path_factory.mktemp("checkpoints") / "typed")
    options = ExportOptions(
        FORMATS, asks=asks, ranges=asks, max_f1_loss=100, quantisation=Quantisation(asks=4)
    )
    return export(source, tmp_path_factory.mktemp("bundles") / "typed", options)


@pytest.fixture(scope="module")
def windows(bundle: Bundle) -> tuple[Window, ...]:
    tokenizer = bundle.tokenizer()
    sizes = Windowing(max_length=48, stride=8, max_question=16)
    passages = ["Ada keeps the light. " * n for n in (1, 1, 5, 9)]
    ask = Ask.of("who keeps it", passages)
    return prepare(ask, TextTokenizer(tokenizer), Template.of(tokenizer), sizes).windows


@pytest.fixture(scope="module")
def reference(bundle: Bundle, windows: tuple[Window, ...]) -> list[np.ndarray]:
    return _run(TorchEngine(bundle.folder, "fp32", 1), windows)


def _run(engine: Engine, windows: tuple[Window, ...]) -> list[np.ndarray]:
    try:
        return list(engine.run(windows))
    finally:
        engine.close()


def test_the_reference_gives_types_of_the_first_token(
    windows: tuple[Window, ...], reference: list[np.ndarray]
) -> None:
    for window, logits in zip(windows, reference, strict=True):
        assert logits.shape == (3, len(window))
        types = answer_type_logits(logits)
        assert types is not None and types.shape == (len(ANSWER_TYPES),) and types.std() > 0.1
        assert not logits[2, len(ANSWER_TYPES) :].any()


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_the_same(
    bundle: Bundle, windows: tuple[Window, ...], reference: list[np.ndarray], engine: str
) -> None:
    choice = Choice(engine, "fp32", bundle.path("onnx/model.onnx"))
    for ours, theirs in zip(_run(open_engine(choice), windows), reference, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_engines_agree_on_the_quantised_head(bundle: Bundle, windows: tuple[Window, ...]) -> None:
    file = bundle.path("onnx/model.int8.onnx")
    found = [_run(open_engine(Choice(engine, "int8-weights", file)), windows) for engine in ENGINES]
    for first, *others in zip(*found, strict=True):
        assert first.shape[0] == 3 and np.ptp(first[2, : len(ANSWER_TYPES)]) > 0.1
        for other in others:
            np.testing.assert_allclose(first, other, atol=1e-3)


def test_packed_windows_have_each_their_types(
    bundle: Bundle, windows: tuple[Window, ...], reference: list[np.ndarray]
) -> None:
    packed = _run(TorchEngine(bundle.folder, "fp32", 1, packed=True), windows)
    for ours, theirs in zip(packed, reference, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_a_program_gives_the_same(
    bundle: Bundle, windows: tuple[Window, ...], reference: list[np.ndarray]
) -> None:
    engine = open_program(bundle.path("torch_export/model.pt2"), "torch_export", bundle.manifest.inputs)
    for ours, theirs in zip(_run(engine, windows), reference, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_it_answers_as_the_reader_without_the_head(bundle: Bundle, plain: Path) -> None:
    ask = ("who keeps it", "Ada keeps the light in 1843, and 東京 knows.")
    typed, untyped = (Reader.load(one, precision="fp32") for one in (bundle.folder, plain))
    with typed, untyped:
        ours, theirs = (one.ask(*ask, top_k=5, no_answer_threshold=1.0) for one in (typed, untyped))
    assert [a.text for a in ours] == [a.text for a in theirs]
    np.testing.assert_allclose([a.score for a in ours], [a.score for a in theirs], atol=1e-4)
