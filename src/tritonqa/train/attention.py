"""Length of a batch → the attention that learns fastest at it."""

from __future__ import annotations

from typing import Any

from tritonqa.train.precision import in_bf16

_SHORT = 160  # tokens, up to which plain matrix products beat the fused kernel on a CPU in fp32


def choose_attention(model: Any, length: int | None = None) -> None:
    """Switch a model between transformers' own kinds; both give the same, but for rounding.

    Without a length the fused one is taken. In bf16 a CPU's fused kernel loses at every length that readers
    have: with AMX, plain products learn from twice as many windows of 64 tokens and 1.2 times as many of 384.
    Some architectures have plain products alone (MPNet, DeBERTa).
    """
    if model._supports_sdpa:
        device = model.device
        plain = length is not None and device.type == "cpu" and (in_bf16(device) or length <= _SHORT)
        model.set_attn_implementation("eager" if plain else "sdpa")
