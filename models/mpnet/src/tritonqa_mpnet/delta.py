"""A model and the one that it set out from ↔ what has changed between them, four bits a weight.

What training adds to a weight is small and stands far fewer bits than the weight itself: one and a scale keep
most of what a model has learnt (Liu et al. 2024, "BitDelta: Your Fine-Tune May Only Be Worth One Bit").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import torch

from tritonqa.engine.backends.answer_type_head import HEAD
from tritonqa.errors import InputError
from tritonqa.natural_questions.start import PageStart
from tritonqa.train.start import Start

GROUP = 64
"""Weights of a row that share a scale."""

_STEPS = 7  # to either side of none: 15 of the 16 that four bits tell apart
_SMALL = 2**16  # values: what has fewer stays as it is
_REACHES = torch.linspace(0.5, 1.0, 11)  # of a group's largest change, where its last step may stand

State: TypeAlias = Mapping[str, torch.Tensor]


def opened(encoder: Path, learnt: Iterable[str]) -> Start:
    """Open an encoder with the heads that a reader of these tensors has; raises as Start.open."""
    kind = PageStart if any(name.startswith(HEAD) for name in learnt) else Start
    return kind.open(encoder, new_head=True)


def shrink(before: State, after: State) -> dict[str, torch.Tensor]:
    """Return what grow() makes after of, nearly, where it has before.

    Of a matrix [rows, columns] that has changed: `name.steps`, uint8 [rows, columns / 2], two columns a byte,
    and `name.scales`, fp16 [rows, columns / GROUP]. What is small, or of another shape, is kept whole.
    """
    delta = {}
    for name, value in after.items():
        if torch.equal(value, before[name]):
            continue
        if value.ndim == 2 and value.shape[1] % GROUP == 0 and value.numel() >= _SMALL:
            delta[f"{name}.steps"], delta[f"{name}.scales"] = _coded(value - before[name])
        else:
            delta[name] = value.clone()
    return delta


def grow(before: State, delta: State) -> dict[str, torch.Tensor]:
    """Return a model's tensors; raises InputError where before is not of the shape delta was made for."""
    after = dict(before)
    coded = {key.removesuffix(".scales") for key in delta if key.endswith(".scales")}
    whole = {key for key in delta if not key.endswith((".scales", ".steps"))}
    for name in coded | whole:
        value = _decoded(delta[f"{name}.steps"], delta[f"{name}.scales"]) if name in coded else delta[name]
        if name not in before or before[name].shape != value.shape:
            raise InputError(f"the encoder has no {name} of shape {list(value.shape)}; give the reader's own")
        after[name] = before[name] + value if name in coded else value
    return after


def _coded(change: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Round to steps of the width that errs least in each group."""
    groups = change.float().unflatten(1, (-1, GROUP))  # [rows, groups, GROUP]
    largest = groups.abs().amax(-1).clamp(min=1e-7)  # [rows, groups]
    best = torch.full_like(largest, torch.inf)
    scales = torch.zeros_like(largest)
    for reach in _REACHES:
        scale = (largest * reach / _STEPS).half().float().clamp(min=2**-24)
        errors = (_rounded(groups, scale) * scale[..., None] - groups).square().sum(-1)
        better = errors < best
        best, scales = torch.where(better, errors, best), torch.where(better, scale, scales)
    steps = (_rounded(groups, scales).flatten(1) + _STEPS).to(torch.uint8)  # [rows, columns], 0 to 14
    return steps[:, 0::2] | steps[:, 1::2] << 4, scales.half()


def _rounded(groups: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    return (groups / scale[..., None]).round().clamp(-_STEPS, _STEPS)


def _decoded(pairs: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    steps = torch.stack((pairs & 15, pairs >> 4), dim=-1).flatten(1).float() - _STEPS  # [rows, columns]
    return (steps.unflatten(1, (-1, GROUP)) * scales.float()[..., None]).flatten(1)
