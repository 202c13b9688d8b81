"""The seam: a call's tensors → its answer's tensors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tritonqa.wire.tensors import Array

Tensors: TypeAlias = dict[str, Array]
Parameter: TypeAlias = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Call:
    """One inference: the model, what goes in, which outputs are wanted."""

    model: str
    inputs: Mapping[str, Array]
    outputs: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


class Wire(ABC):
    """A connection to one Triton; its methods may be called from any thread."""

    @abstractmethod
    def infer(self, call: Call, timeout: float | None = None) -> Future[Tensors]:
        """Send a call; the future holds the outputs by name.

        It fails with Unavailable, Timeout, Overloaded, InputError or EngineError; cancelling it tells the
        server to drop the call, where the protocol can.
        """

    @abstractmethod
    def config(self, model: str) -> dict[str, Any]:
        """Return a model's configuration; raises Unavailable, EngineError where there is no such model."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the connections."""
