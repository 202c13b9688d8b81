from __future__ import annotations

from types import SimpleNamespace

import torch

from models.minilm.experiments.null_head import with_null_head


def test_it_begins_as_the_head_that_there_was_and_learns_the_null_alone() -> None:
    torch.manual_seed(0)
    model, hidden = SimpleNamespace(qa_outputs=torch.nn.Linear(8, 2)), torch.randn(3, 5, 8)
    before = model.qa_outputs(hidden)
    with_null_head(model)
    assert torch.allclose(model.qa_outputs(hidden), before)
    with torch.no_grad():
        model.qa_outputs.null.bias += 1.0
    after = model.qa_outputs(hidden)
    assert torch.allclose(after[:, 0], before[:, 0] + 1.0) and torch.equal(after[:, 1:], before[:, 1:])
