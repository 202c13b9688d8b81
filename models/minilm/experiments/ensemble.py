"""Checkpoints' weights → one model whose logits are the mean of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from safetensors.torch import load_file

_AVERAGE = "average.module."


class Ensemble(torch.nn.Module):  # type: ignore[misc]
    """Ask each model, and average what it gives for each token in log probability."""

    def __init__(self, models: Sequence[Any]) -> None:
        """Take the models."""
        super().__init__()
        self.models = torch.nn.ModuleList(models)

    def forward(self, attention_mask: Any, **inputs: Any) -> Any:
        """Return start and end logits, [b, length], as a model for question answering does."""
        hidden = attention_mask == 0
        outs = [model(attention_mask=attention_mask, **inputs) for model in self.models]
        start, end = (
            torch.stack([out[name].float().masked_fill(hidden, -1e4).log_softmax(1) for out in outs]).mean(0)
            for name in ("start_logits", "end_logits")
        )
        return SimpleNamespace(start_logits=start, end_logits=end)


def ensemble_of(model: Any, folders: Sequence[Path]) -> Ensemble:
    """Open what the runs in these folders reached (tritonqa.train.state), averaged, as copies of a model."""
    models = []
    for folder in folders:
        known = load_file(folder / "state" / "state.safetensors")
        learnt = {name[len(_AVERAGE) :]: known[name] for name in known if name.startswith(_AVERAGE)}
        models.append(deepcopy(model).requires_grad_(False))
        models[-1].load_state_dict({**model.state_dict(), **learnt})
    found = Ensemble(models)
    found.eval()
    return found
