"""Dropout that is drawn a byte a value.

On a CPU torch draws a number a value, one after the other: a sixth of a step of a small model.
"""

from __future__ import annotations

from math import prod
from typing import Any

import torch

_BYTE = 256


class ByteDropout(torch.nn.Dropout):  # type: ignore[misc]
    """nn.Dropout whose share is rounded to 256ths."""

    def forward(self, input: Any) -> Any:
        """Leave out a share of the values, and raise the others by as much."""
        out = round(self.p * _BYTE)
        if not self.training or not out:
            return input
        return input * (_bytes(input.shape) >= out).to(input.dtype).mul_(_BYTE / (_BYTE - out))


def _bytes(shape: torch.Size) -> torch.Tensor:
    """Draw bytes of a shape, eight at once."""
    count = prod(shape)
    drawn = torch.empty(-(-count // 8), dtype=torch.int64).random_(-(2**63), None)
    return drawn.view(torch.uint8)[:count].view(shape)
