"""Length of a batch → the attention that learns fastest at it."""

from __future__ import annotations

from typing import Any

_SHORT = 160  # tokens, up to which plain matrix products beat the fused kernel on a CPU


def choose_attention(model: Any, length: int | None = None) -> None:
    """Switch a model between transformers' own kinds; both give the same, but for rounding.

    Without a length the fused one is taken. Some architectures have plain products alone (MPNet, DeBERTa).
    """
    if model._supports_sdpa:
        short = length is not None and length <= _SHORT and model.device.type == "cpu"
        model.set_attn_implementation("eager" if short else "sdpa")
