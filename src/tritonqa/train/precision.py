"""Device → whether it multiplies in bf16."""

from __future__ import annotations

from functools import cache

import torch

from tritonqa.engine import cpu


@cache
def in_bf16(device: torch.device) -> bool:
    """Say whether a GPU, or a CPU that has instructions for it, multiplies in bf16; others in fp32."""
    return device.type == "cuda" or bool(cpu.flags() & cpu.BF16)
