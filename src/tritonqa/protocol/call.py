"""One inference: what goes to a model, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tritonqa.protocol.tensors import Array

Tensors: TypeAlias = dict[str, Array]
Parameter: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Call:
    """One inference: the model, what goes in, which outputs are wanted."""

    model: str
    inputs: Mapping[str, Array]
    outputs: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
