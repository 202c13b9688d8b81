from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from tritonqa import Reader
from tritonqa.datasets import Example
from tritonqa.errors import BundleError, ExportError, InputError
from tritonqa.train import Recipe, train
from tritonqa.train import run as running
from tritonqa.train.start import Start

pytestmark = pytest.mark.slow

RECIPE = Recipe(epochs=1, batch_tokens=2048, least_steps=1)


def test_a_reader_learns_and_is_exported(
    checkpoint: Path, examples: tuple[Example, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tritonqa.train.calibrate.LEAST", 3)
    monkeypatch.setattr(running, "_VERIFIED_ON", 20)
    folder = tmp_path / "mine"
    stages: dict[str, list[tuple[int, int]]] = {}
    found = train(
        str(checkpoint),
        examples[::3],
        folder,
        RECIPE,
        lambda stage, done, total: stages.setdefault(stage, []).append((done, total)),
        held_out=0.4,
        max_f1_loss=100,
    )
    assert found.learnt + found.held_out == len(examples[::3]) and found.after["total"] == found.held_out
    assert [item.file for item in found.bundle.manifest.formats] == [
        "model.safetensors",
        "onnx/model.onnx",
        "onnx/model.int8.onnx",
    ]
    assert found.bundle.manifest.name == "mine" and found.bundle.manifest.calibration is not None
    assert {"before", "training", "calibrating", "after"} <= set(stages)
    assert all(done == total for done, total in (steps[-1] for steps in stages.values()))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    with Reader.load(str(folder)) as reader:
        context = examples[0].context
        answer = reader.ask(examples[0].question, context, no_answer_threshold=1.0)[0]
        assert context[answer.start : answer.end] == answer.text
    assert Start.open(folder).tokenizer.vocab_size == Start.open(checkpoint).tokenizer.vocab_size


def test_what_is_refused_leaves_no_bundle(
    checkpoint: Path, examples: tuple[Example, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_VERIFIED_ON", 20)
    with pytest.raises(ExportError, match="its F1 is"):
        train(str(checkpoint), examples[:20], tmp_path / "mine", RECIPE, held_out=0.2, max_f1_loss=-101)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.training"]
    with pytest.raises(BundleError, match="exists already"):
        train(str(checkpoint), examples[:20], tmp_path, RECIPE)


def test_a_reader_without_its_checkpoint_says_what_to_install(
    examples: tuple[Example, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        running,
        "entry_points",
        lambda group, **chosen: EntryPoints(
            [EntryPoint("some-reader", "x:y", group)] if group == "tritonqa.models" and not chosen else []
        ),
    )
    with pytest.raises(InputError, match="pip install some-reader-checkpoint"):
        train("some-reader", examples[:20], tmp_path / "mine", RECIPE)
    assert not list(tmp_path.iterdir())


def test_the_address_of_a_triton_is_no_start(examples: tuple[Example, ...], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is the address of a Triton"):
        train("grpc://localhost:8001", examples[:20], tmp_path / "mine", RECIPE)
