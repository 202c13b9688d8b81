from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from tritonqa_mpnet import path
from tritonqa_mpnet.__main__ import make

from models.mpnet.build import build
from tests.support import checkpoints
from tests.support.learnt import learnt
from tritonqa.errors import BundleError, InputError
from tritonqa.train.start import Start

PUBLISHED = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""SHA-256 of model.safetensors on the Hub, sentence-transformers/all-mpnet-base-v2 at e8c3b32e."""

QUERY = "mpnet.encoder.layer.0.attention.attn.q.weight"


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.make("mpnet", tmp_path_factory.mktemp("mpnet") / "encoder")


@pytest.fixture(scope="module")
def reader(encoder: Path) -> Path:
    return learnt(encoder, encoder.with_name("reader"), QUERY, 0.25)


@pytest.fixture(scope="module")
def delta(encoder: Path, reader: Path) -> Path:
    file = encoder.with_name("delta.safetensors")
    assert build(encoder, reader, file) == 0.0  # small tensors are kept whole
    return file


def test_the_encoder_and_what_was_learnt_are_the_reader(
    encoder: Path, reader: Path, delta: Path, tmp_path: Path
) -> None:
    make(str(encoder), delta, tmp_path / "made")
    made, wanted = (load_file(folder / "model.safetensors") for folder in (tmp_path / "made", reader))
    assert made.keys() == wanted.keys()
    assert all(torch.equal(made[name], wanted[name]) for name in made)
    assert Start.open(tmp_path / "made").model.config.architectures == ["MPNetForQuestionAnswering"]


def test_a_reader_of_pages_has_its_answer_types(encoder: Path, reader: Path, tmp_path: Path) -> None:
    pages, file = checkpoints.with_answer_types(reader, tmp_path / "pages"), tmp_path / "pages.safetensors"
    assert build(encoder, pages, file) == 0.0
    make(str(encoder), file, tmp_path / "made")
    made, wanted = (load_file(folder / "model.safetensors") for folder in (tmp_path / "made", pages))
    assert made.keys() == wanted.keys() and "answer_type.weight" in made
    assert all(torch.equal(made[name], wanted[name]) for name in made)


def test_another_encoder_is_refused(reader: Path, delta: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="another encoder.*give sentence-transformers/all-mpnet-base-v2"):
        make(str(reader), delta, tmp_path / "made")
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(encoder: Path, delta: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="exists already"):
        make(str(encoder), delta, tmp_path)


@pytest.mark.parametrize("pages", [False, True])
def test_what_ships_fits_the_encoder_that_it_names(pages: bool) -> None:
    with safe_open(path(pages=pages), "pt") as file:
        assert file.metadata()["encoder"] == PUBLISHED
        shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}
    assert shapes["qa_outputs.weight"] == (2, 768)
    assert shapes.get("answer_type.weight") == ((5, 768) if pages else None)
    assert shapes["mpnet.encoder.layer.11.intermediate.dense.weight.steps"] == (3072, 384)


def test_the_command_says_in_one_sentence_what_is_wrong(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tritonqa_mpnet", str(tmp_path / "none"), "-o", str(tmp_path / "made")]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Error: ") and "none is no folder" in ran.stderr
    assert ran.stderr.count("\n") == 1
