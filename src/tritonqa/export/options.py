"""What to export, how to quantise, and how far a format may stray from torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from tritonqa.errors import InputError

Report: TypeAlias = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing: what is used where nobody watches a stage go from 0 to total."""


@dataclass(frozen=True, slots=True)
class Target:
    """A format: its file in the bundle, and what verification asks of it.

    tolerance is the largest difference of a logit as a share of the largest logit; same_answers the least
    share of asks that must be answered as torch does. None: the F1 decides.
    """

    file: str
    kind: str
    precision: str
    tolerance: float | None
    same_answers: float | None


FORMATS = {
    "onnx": Target("onnx/model.onnx", "onnx", "fp32", 1e-4, 0.999),
}


@dataclass(frozen=True, slots=True)
class Quantisation:
    """Static INT8: how many asks set its ranges."""

    asks: int = 300


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Which formats, under which name, held to what.

    max_length is the longest window in tokens (the model's own limit at most); asks are a SQuAD file to
    verify on instead of the packaged ones; max_f1_loss is in points of F1.
    """

    formats: tuple[str, ...] = ("onnx",)
    name: str | None = None
    licence: str = "unknown"
    max_length: int | None = None
    asks: Path | None = None
    max_f1_loss: float = 1.0
    quantisation: Quantisation = field(default_factory=Quantisation)

    def __post_init__(self) -> None:
        """Raise InputError for a format that does not exist, and for none."""
        if not self.formats:
            raise InputError("formats is empty; name at least one, for example onnx")
        for name in self.formats:
            if name not in FORMATS:
                raise InputError(f"format {name!r} is unknown; choose from {', '.join(FORMATS)}")
