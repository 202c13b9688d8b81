"""Length of a batch → the attention that learns fastest at it."""

from __future__ import annotations

from typing import Any

_SHORT = 160  # tokens, up to which plain matrix products beat the fused kernel on a CPU


def choose_attention(model: Any, length: int) -> None:
    """Switch a model between transformers' own kinds; both give the same, but for rounding."""
    short = model.device.type == "cpu" and length <= _SHORT
    model.set_attn_implementation("eager" if short else "sdpa")
