"""A model that learns with the rounding of INT8: what it multiplies is rounded, what flows back is not."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.functional import linear


class RoundedLinear(torch.nn.Linear):  # type: ignore[misc]
    """Round inputs to 8 bits by their range in the batch, and each row of the weights by its own.

    Gradients pass as if nothing was rounded (straight through, Bengio et al. 2013; Jacob et al. 2018).
    """

    def forward(self, values: Any) -> Any:
        """Return the product, [b, length, width], of what was rounded."""
        return linear(_rounded(values), _rounded_rows(self.weight), self.bias)


def with_rounding(model: Any) -> None:
    """Let all layers of a model's encoder multiply so, in place; the head stays in floating point."""
    for module in model.base_model.encoder.modules():
        if type(module) is torch.nn.Linear:
            module.__class__ = RoundedLinear


def _rounded(values: Any) -> Any:
    low, high = values.detach().float().aminmax()
    low, high = low.clamp(max=0), high.clamp(min=0)
    scale = ((high - low) / 255).clamp(min=1e-8)
    zero = (-low / scale).round()
    return _through(values, ((values / scale + zero).round().clamp(0, 255) - zero) * scale)


def _rounded_rows(weight: Any) -> Any:
    scale = (weight.detach().abs().amax(1, keepdim=True) / 127).clamp(min=1e-8)
    return _through(weight, (weight / scale).round() * scale)


def _through(values: Any, rounded: Any) -> Any:
    return values + (rounded - values).detach()
