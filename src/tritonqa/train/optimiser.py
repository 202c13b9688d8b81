"""Model → AdamW that learns each layer at its own rate."""

from __future__ import annotations

import re
from typing import Any

import torch

from tritonqa.train.dropout import ByteDropout
from tritonqa.train.options import Optimisation

_NUMBER = re.compile(r"\.(\d+)\.")
_PLAIN = ("bias", "norm")  # parameters that do not decay


def freeze_embeddings(model: Any) -> None:
    """Keep the tables of embeddings as they are: they are half a small model, and rarely seen words drift."""
    for module in model.modules():
        if isinstance(module, torch.nn.Embedding):
            module.requires_grad_(False)


def freeze_layers(model: Any, count: int) -> None:
    """Keep the first layers of an encoder as they are: what they know of words holds for other tasks too."""
    for name, value in model.named_parameters():
        if 0 <= _layer(name) < count:
            value.requires_grad_(False)


def set_dropout(model: Any, share: float) -> None:
    """Set the dropout of hidden states, and take away that of attention: fast attention has none on a CPU."""
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Dropout):
            hidden = "attention" not in name or "output" in name
            kind = ByteDropout if model.device.type == "cpu" else torch.nn.Dropout
            model.set_submodule(name, kind(share if hidden else 0.0))


def adamw(model: Any, options: Optimisation) -> torch.optim.AdamW:
    """Group parameters by depth and by whether they decay; each group keeps its full rate as "peak"."""
    named = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    top = 2 + max((_layer(name) for name, _ in named), default=-1)
    groups: dict[tuple[int, bool], list[Any]] = {}
    for name, value in named:
        depth = _depth(name, model.base_model_prefix + ".", top)
        decays = not any(part in name.lower() for part in _PLAIN)
        groups.setdefault((depth, decays), []).append(value)
    return torch.optim.AdamW(
        [
            {
                "params": values,
                "peak": options.learning_rate * options.layer_decay ** (top - depth),
                "weight_decay": options.weight_decay if decays else 0.0,
            }
            for (depth, decays), values in groups.items()
        ],
        fused=True,
    )


def set_rate(optimiser: torch.optim.Optimizer, options: Optimisation, done: float) -> None:
    """Set the rates for a share of all steps done: up in a line, level, then down to nothing."""
    rising = done / options.warmup if options.warmup else 1.0
    falling = min(options.cooldown, 1 - options.warmup)
    factor = min(1.0, rising, (1 - done) / max(falling, 1e-9) if options.cooldown else 1.0)
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * factor


def _depth(name: str, base: str, top: int) -> int:
    """Count the head as top, layers as their number and one, embeddings as nothing."""
    if not name.startswith(base):
        return top
    return 0 if "embeddings" in name else 1 + _layer(name) if _NUMBER.search(name) else top


def _layer(name: str) -> int:
    found = _NUMBER.search(name)
    return int(found[1]) if found else -1
