"""The model encoder of a Triton elsewhere: tokenised here, run there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tritonqa.engine.base import INPUT_NAMES, OUTPUT_NAMES, Engine
from tritonqa.errors import EngineError
from tritonqa.features import Window
from tritonqa.spans.band import FloatArray
from tritonqa.wire import Address, Call, Connection, dial

MODEL = "encoder"


class TritonEngine(Engine):
    """Send each window to a server; many streams, for they only wait."""

    name = "triton"
    streams = 16

    def __init__(self, address: Address, connection: Connection | None = None) -> None:
        """Connect, and check the model's inputs; raises Unavailable, EngineError, MissingExtra."""
        self._wire = dial(address, connection)
        config = self._wire.config(MODEL)
        self._names = [port["name"] for port in config.get("input", [])]
        if not self._names or not set(self._names) <= set(INPUT_NAMES):
            raise EngineError(f"the model {MODEL} at {address} is none of ours: it takes {self._names}")
        known = config.get("parameters", {})
        self.precision = known.get("precision", {}).get("string_value", "fp32")

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Send the windows and wait, one by one: the flow gives one to each stream."""
        calls = (Call(MODEL, self._inputs(window), OUTPUT_NAMES) for window in windows)
        return [_logits(self._wire.answer(call)) for call in calls]

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.close()

    def _inputs(self, window: Window) -> dict[str, np.ndarray]:
        arrays = {
            "input_ids": window.ids,
            "attention_mask": np.ones(len(window), np.int32),
            "token_type_ids": window.type_ids,
        }
        return {name: arrays[name].astype(np.int64)[None] for name in self._names}  # [1, length]


def _logits(tensors: dict[str, np.ndarray]) -> FloatArray:
    start, end = (tensors[name][0] for name in OUTPUT_NAMES)  # each [length]
    return np.stack((start, end)).astype(np.float32, copy=False)
