from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import torch
from safetensors.torch import save_file

from models.minilm.experiments.ensemble import Ensemble, ensemble_of
from tests.support import checkpoints
from tritonqa.train.start import Start

INPUTS = {
    "input_ids": torch.tensor([[2, 7, 3, 8, 3], [2, 9, 3, 0, 0]]),
    "attention_mask": torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]),
}


def test_it_gives_the_mean_of_log_probabilities(tmp_path: Path) -> None:
    one = Start.open(checkpoints.make("bert", tmp_path / "start")).model
    two = deepcopy(one)
    with torch.no_grad():
        two.qa_outputs.weight += 0.1 * torch.randn_like(two.qa_outputs.weight)
        whole, parts = Ensemble([one, two])(**INPUTS), [model(**INPUTS) for model in (one, two)]
    for name in ("start_logits", "end_logits"):
        wanted = sum(getattr(part, name)[1, :3].log_softmax(0) for part in parts) / 2
        assert torch.allclose(getattr(whole, name)[1, :3], wanted, atol=1e-5)
        assert bool((getattr(whole, name)[1, 3:] < -1000).all())  # padding
    alone = Ensemble([one])(**INPUTS)
    assert torch.allclose(alone.start_logits[0].exp().sum(), torch.tensor(1.0))


def test_the_averages_of_runs_are_opened(tmp_path: Path) -> None:
    model = Start.open(checkpoints.make("bert", tmp_path / "start")).model
    for run, bias in (("a", 1.0), ("b", 2.0)):
        state = tmp_path / run / "state"
        state.mkdir(parents=True)
        record = {
            "average.module.qa_outputs.bias": torch.full((2,), bias),
            "model.qa_outputs.bias": torch.zeros(2),
        }
        save_file(record, state / "state.safetensors")
    teachers = ensemble_of(model, [tmp_path / "a", tmp_path / "b"])
    assert [teacher.qa_outputs.bias.tolist() for teacher in teachers.models] == [[1.0, 1.0], [2.0, 2.0]]
    assert all(torch.equal(teacher.qa_outputs.weight, model.qa_outputs.weight) for teacher in teachers.models)
    assert not any(value.requires_grad for value in teachers.parameters())
