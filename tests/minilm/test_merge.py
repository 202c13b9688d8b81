from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.minilm.recipe.merge import merge
from tests.support import checkpoints
from tests.support.learnt import learnt
from tritonqa.errors import InputError
from tritonqa.train.start import Start


def test_a_reader_gets_what_another_has_learnt_since(tmp_path: Path) -> None:
    before = checkpoints.make("bert", tmp_path / "before")
    head, query = "qa_outputs.weight", "bert.encoder.layer.0.attention.self.query.weight"
    reader = learnt(before, tmp_path / "reader", head, 0.5)
    after = learnt(before, tmp_path / "after", query, -0.25)
    merge(reader, before, after, tmp_path / "merged")
    old, found = (load_file(folder / "model.safetensors") for folder in (before, tmp_path / "merged"))
    changed = {name for name, value in old.items() if not torch.equal(value, found[name])}
    assert changed == {head, query}
    assert torch.allclose(found[head], old[head] + 0.5) and torch.allclose(found[query], old[query] - 0.25)
    assert Start.open(tmp_path / "merged").model.config.num_hidden_layers == 2


def test_readers_of_another_shape_are_refused(tmp_path: Path) -> None:
    before = checkpoints.make("bert", tmp_path / "before")
    other = checkpoints.make("mpnet", tmp_path / "other")
    with pytest.raises(InputError, match="give readers that set out from it"):
        merge(other, before, before, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
