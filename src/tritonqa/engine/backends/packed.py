"""Windows laid end to end → their logits: no padding, and no window sees another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

from tritonqa.features import Window

ATTENTION = "tritonqa_packed"
_FROM_ZERO = {"bert", "electra"}
_AFTER_PADDING = {"roberta", "xlm-roberta", "camembert"}


def first_position(config: Any) -> int | None:
    """Return the position of a window's first token; None for an architecture that can't be packed."""
    if config.model_type in _FROM_ZERO:
        return 0
    return int(config.pad_token_id) + 1 if config.model_type in _AFTER_PADDING else None


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """Let every token attend to the tokens of its own window.

    query, key and value are [1, heads, tokens, size]; options hold cu_seq_lens_q [windows + 1], where each
    window begins and the last ends, max_length_q, and scaling. Returns [1, tokens, heads, size]. On CUDA one
    kernel does it all (flash attention of variable length, Dao et al. 2022).
    """
    bounds, longest, scale = options["cu_seq_lens_q"], options["max_length_q"], options.get("scaling")
    if query.is_cuda:
        from torch.nn.attention.varlen import varlen_attn

        q, k, v = (part[0].transpose(0, 1) for part in (query, key, value))  # [tokens, heads, size]
        return varlen_attn(q, k, v, bounds, bounds, longest, longest, scale=scale)[None], None
    parts = [
        scaled_dot_product_attention(query[:, :, a:b], key[:, :, a:b], value[:, :, a:b], scale=scale)
        for a, b in pairwise(bounds.tolist())
    ]
    return torch.cat(parts, 2).transpose(1, 2), None  # [1, heads, tokens, size] → [1, tokens, heads, size]


def pack(windows: Sequence[Window], first: int, device: str) -> dict[str, Any]:
    """Lay windows end to end: ids, token types and positions [1, tokens], and where each window lies."""
    lengths = [len(window) for window in windows]
    rows = {
        "input_ids": np.concatenate([window.ids for window in windows]),
        "token_type_ids": np.concatenate([window.type_ids for window in windows]),
        "position_ids": np.concatenate([np.arange(length) + first for length in lengths]),
    }
    bounds = np.cumsum([0, *lengths], dtype=np.int32)
    inputs = {name: torch.from_numpy(row.astype(np.int64))[None].to(device) for name, row in rows.items()}
    return {**inputs, "cu_seq_lens_q": torch.from_numpy(bounds).to(device), "max_length_q": max(lengths)}


AttentionInterface.register(ATTENTION, attend)
