"""The model logits of a Triton elsewhere: tokenised here, run there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tritonqa.arrays import FloatArray
from tritonqa.client import Address, Connection, connect, named
from tritonqa.engine.answer_types import ANSWER_TYPE_OUTPUT, stack_logits
from tritonqa.engine.base import INPUT_NAMES, OUTPUT_NAMES, Engine
from tritonqa.errors import EngineError, Unavailable
from tritonqa.features import Window
from tritonqa.protocol.call import Call
from tritonqa.protocol.contract import LOGITS, OLD_LOGITS
from tritonqa.protocol.parameters import BUNDLE, PRECISION, parameters_of


class TritonEngine(Engine):
    """Send each window to a server; many streams, for they only wait."""

    name = "triton"
    streams = 16

    def __init__(self, place: Address | Sequence[Address], connection: Connection | None = None) -> None:
        """Connect, and check the model's inputs; raises Unavailable, EngineError, MissingExtra."""
        self._client = connect(place, connection)
        self._model, config = self._find()
        address = named(place)
        self._inputs, self._outputs = ports(config)
        if not self._inputs or not self._inputs.keys() <= set(INPUT_NAMES) or len(self._outputs) < 2:
            raise EngineError(
                f"the model {self._model} at {address} is none of ours: it takes {[*self._inputs]}"
            )
        known = parameters_of(config)
        self.precision = known.get(PRECISION, "fp32")
        self._address, self._reader = address, known.get(BUNDLE)

    def require_reader(self, reader: str) -> None:
        """Raise EngineError where another reader runs there: its tokens and probabilities would not fit."""
        if self._reader not in (None, reader):
            raise EngineError(
                f"the engine at {self._address} runs {self._reader}, not {reader}; load the same reader here"
            )

    def run(self, windows: Sequence[Window], *, alone: bool = False) -> list[FloatArray]:
        """Send the windows and wait, one by one: the flow gives one to each stream."""
        calls = (Call(self._model, self._arrays(window), self._outputs) for window in windows)
        return [self._logits(self._client.infer(call)) for call in calls]

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def _find(self) -> tuple[str, dict[str, Any]]:
        """Return the model's name and configuration; servers of tritonqa 0.1 have the old name."""
        try:
            return LOGITS, self._client.config(LOGITS)
        except Unavailable as error:
            try:
                return OLD_LOGITS, self._client.config(OLD_LOGITS)
            except Unavailable:
                raise error from None

    def _arrays(self, window: Window) -> dict[str, np.ndarray]:
        arrays = {
            "input_ids": window.ids,
            "attention_mask": np.ones(len(window), np.int32),
            "token_type_ids": window.type_ids,
        }
        return {name: arrays[name].astype(kind)[None] for name, kind in self._inputs.items()}  # [1, length]

    def _logits(self, tensors: dict[str, np.ndarray]) -> FloatArray:
        return stack_logits(*(tensors[name][0] for name in self._outputs))


def ports(config: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read the inputs with their types and the outputs, start first, of the model logits on any backend."""
    kinds = {"TYPE_INT32": np.int32, "TYPE_INT64": np.int64}
    inputs = {port["name"]: kinds.get(port["data_type"], np.int64) for port in config.get("input", [])}
    names = [port["name"] for port in config.get("output", [])]
    ours = (*OUTPUT_NAMES, ANSWER_TYPE_OUTPUT)
    return inputs, tuple(name for known in ours for name in names if name.startswith(known))
