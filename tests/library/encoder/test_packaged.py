from __future__ import annotations

import shutil
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest

from tritonqa.errors import BundleError
from tritonqa.library.encoder import PACKAGED, find, packaged

TEXTS = [
    "Who keeps the light?",
    "Ada Winter keeps the light at the harbour.",
    "Bread is baked at four. " * 20,
    "",
]


@pytest.fixture(scope="module")
def folder() -> Path:
    (point,) = entry_points(group="tritonqa.encoders", name=PACKAGED)
    return Path(point.load()())


def test_vectors_are_of_length_one_alone_and_together() -> None:
    encoder = find()
    assert encoder is not None
    together = encoder.encode(TEXTS)
    assert together.shape == (len(TEXTS), encoder.width)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-3)
    for text, vector in zip(TEXTS, together, strict=True):
        assert encoder.encode([text])[0] @ vector > 0.9995
    assert together[0] @ together[1] > together[0] @ together[2] + 0.3


def test_every_engine_gives_the_same_vectors(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    for engine in ("openvino", "onnxruntime"):
        pytest.importorskip(engine)
        monkeypatch.setattr(packaged, "find_spec", lambda name, known=engine: name == known or None)
        found[engine] = packaged.PackagedEncoder(folder).encode(TEXTS)
    assert (found["openvino"] * found["onnxruntime"]).sum(axis=1).min() > 0.9995


@pytest.mark.parametrize("damage", ["encoder.json", "tokenizer.json", "model"])
def test_what_is_damaged_is_named(folder: Path, tmp_path: Path, damage: str) -> None:
    copy = shutil.copytree(folder, tmp_path / "encoder")
    (file,) = copy.glob("*.onnx") if damage == "model" else [copy / damage]
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(BundleError, match="install (it|the encoder) again"):
        packaged.PackagedEncoder(copy)


def test_scripts_that_the_model_was_not_taught_are_told() -> None:
    encoder = find()
    assert encoder is not None
    assert encoder.reads("Wann endet die Garantie?") and encoder.reads("42?")
    assert not encoder.reads("保証はいつ終わりますか") and not encoder.reads("متى تنتهي الضمانة؟")
