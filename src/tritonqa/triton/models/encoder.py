"""The model encoder: token ids in, logits out, on the bundle's engine for this machine.

Triton's dynamic batching gives several requests at once; their windows share the engine's streams.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import triton_python_backend_utils as pb_utils

from tritonqa.engine import Flow
from tritonqa.engine.base import OUTPUT_NAMES
from tritonqa.errors import InputError
from tritonqa.features import Window
from tritonqa.spans.band import FloatArray
from tritonqa.triton.models.answering import error_response
from tritonqa.triton.models.opening import open_bundle, plain


@dataclass(frozen=True, slots=True)
class Rows:
    """A request's rows under way, and how wide its tensors are."""

    futures: list[Future[FloatArray]]
    width: int


class TritonPythonModel:
    """What Triton's python backend calls."""

    def initialize(self, args: dict[str, str]) -> None:
        """Open the engine of the bundle that lies beside model.py."""
        config = json.loads(args["model_config"])
        self._names = [port["name"] for port in config["input"]]
        bundle, _, engine = open_bundle(args, config)
        self._longest = bundle.manifest.windowing.max_length
        self._flow = Flow(engine)

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """Run the rows of all requests, then answer each."""
        started = [self._start(request) for request in requests]
        return [_answer(rows) if isinstance(rows, Rows) else error_response(rows) for rows in started]

    def finalize(self) -> None:
        """Stop the streams."""
        self._flow.close()

    def _start(self, request: Any) -> Rows | Exception:
        try:
            return self._rows(request)
        except Exception as error:  # noqa: BLE001 - every request must be answered
            return error

    def _rows(self, request: Any) -> Rows:
        arrays = {name: pb_utils.get_input_tensor_by_name(request, name).as_numpy() for name in self._names}
        ids = arrays["input_ids"].astype(np.int32)  # [batch, length]
        masks = arrays.get("attention_mask", np.ones_like(ids))
        types = arrays.get("token_type_ids", np.zeros_like(ids))
        if ids.shape[1] > self._longest:
            raise InputError(f"input_ids has {ids.shape[1]} tokens a row; this model takes {self._longest}")
        windows = [window(*row) for row in zip(ids, masks, types, strict=True)]
        return Rows([self._flow.submit([one], itemgetter(0)) for one in windows], ids.shape[1])


def window(ids: np.ndarray, mask: np.ndarray, types: np.ndarray) -> Window:
    """Make a window of a row's tokens [length]: those of the first type, then those of the second.

    Raises InputError for a mask or types of another form.
    """
    length = int(mask.sum())
    if not length or not mask[:length].all():
        raise InputError("attention_mask must be ones for the tokens, then zeros for padding")
    ids, types = ids[:length], types[:length]
    turns = np.flatnonzero(np.diff(types))
    if len(turns) > 1:
        raise InputError("token_type_ids must be one type, then at most one other")
    middle = int(turns[0]) + 1 if len(turns) else length
    return plain(ids, (int(types[0]), int(types[-1])), middle)


def _answer(rows: Rows) -> Any:
    try:
        both = np.zeros((2, len(rows.futures), rows.width), np.float32)  # start, end: each [batch, width]
        for row, future in enumerate(rows.futures):
            logits = future.result()
            both[:, row, : logits.shape[1]] = logits
        return pb_utils.InferenceResponse(
            output_tensors=[
                pb_utils.Tensor(name, part) for name, part in zip(OUTPUT_NAMES, both, strict=True)
            ]
        )
    except Exception as error:  # noqa: BLE001 - every request must be answered
        return error_response(error)
