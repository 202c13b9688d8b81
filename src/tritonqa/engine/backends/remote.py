"""The model encoder of a Triton elsewhere: tokenised here, run there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.client import Address, Connection, connect
from tritonqa.engine.base import INPUT_NAMES, OUTPUT_NAMES, Engine
from tritonqa.errors import EngineError
from tritonqa.features import Window
from tritonqa.protocol.call import Call

MODEL = "encoder"


class TritonEngine(Engine):
    """Send each window to a server; many streams, for they only wait."""

    name = "triton"
    streams = 16

    def __init__(self, address: Address, connection: Connection | None = None) -> None:
        """Connect, and check the model's inputs; raises Unavailable, EngineError, MissingExtra."""
        self._client = connect(address, connection)
        config = self._client.config(MODEL)
        self._inputs, self._outputs = ports(config)
        if not self._inputs or not self._inputs.keys() <= set(INPUT_NAMES) or len(self._outputs) != 2:
            raise EngineError(f"the model {MODEL} at {address} is none of ours: it takes {[*self._inputs]}")
        known = {name: value.get("string_value", "") for name, value in config.get("parameters", {}).items()}
        self.precision = known.get("precision", "fp32")
        self._address, self._reader = address, known.get("bundle")

    def hold_reader(self, reader: str) -> None:
        """Raise EngineError where another reader runs there: its tokens and probabilities would not fit."""
        if self._reader not in (None, reader):
            raise EngineError(
                f"the encoder at {self._address} runs {self._reader}, not {reader}; load the same reader here"
            )

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Send the windows and wait, one by one: the flow gives one to each stream."""
        calls = (Call(MODEL, self._arrays(window), self._outputs) for window in windows)
        return [self._logits(self._client.answer(call)) for call in calls]

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _arrays(self, window: Window) -> dict[str, np.ndarray]:
        arrays = {
            "input_ids": window.ids,
            "attention_mask": np.ones(len(window), np.int32),
            "token_type_ids": window.type_ids,
        }
        return {name: arrays[name].astype(kind)[None] for name, kind in self._inputs.items()}  # [1, length]

    def _logits(self, tensors: dict[str, np.ndarray]) -> FloatArray:
        start, end = (tensors[name][0] for name in self._outputs)  # each [length]
        return np.stack((start, end)).astype(np.float32, copy=False)


def ports(config: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read the inputs with their types and the outputs, start first, of an encoder on any backend."""
    kinds = {"TYPE_INT32": np.int32, "TYPE_INT64": np.int64}
    inputs = {port["name"]: kinds.get(port["data_type"], np.int64) for port in config.get("input", [])}
    names = [port["name"] for port in config.get("output", [])]
    return inputs, tuple(name for known in OUTPUT_NAMES for name in names if name.startswith(known))
