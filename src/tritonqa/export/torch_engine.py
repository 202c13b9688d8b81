"""A torch callable → an engine, so that it is verified as any other."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from tritonqa.arrays import FloatArray
from tritonqa.engine import Engine
from tritonqa.engine.answer_types import stack_logits
from tritonqa.features import Window


class ProgramEngine(Engine):
    """Run what takes token ids by name and returns start and end logits, window by window, unpadded."""

    name = "torch"
    precision = "fp32"

    def __init__(self, program: Callable[..., Any], inputs: Sequence[str]) -> None:
        self._program, self._inputs = program, inputs

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Run each window on all cores."""
        return [self._infer(window) for window in windows]

    def close(self) -> None:
        """Let go of the program."""
        del self._program

    def _infer(self, window: Window) -> FloatArray:
        known: dict[str, npt.NDArray[np.integer[Any]]] = {
            "input_ids": window.ids,
            "attention_mask": np.ones(len(window), np.int64),
            "token_type_ids": window.type_ids,
        }
        tensors = {name: torch.from_numpy(known[name].astype(np.int64))[None] for name in self._inputs}
        with torch.inference_mode():
            outputs = self._program(**tensors)
        return stack_logits(*(output[0].numpy() for output in outputs))


def open_program(file: Path, kind: str, inputs: Sequence[str]) -> ProgramEngine:
    """Load what was just written; the file is our own, no code of others."""
    if kind == "torchscript":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ProgramEngine(torch.jit.load(str(file)), inputs)
    return ProgramEngine(torch.export.load(file).module(), inputs)
