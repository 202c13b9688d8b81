"""The model logits: token ids in, logits out, on the bundle's engine for this machine.

execute hands a request's rows to the flow and returns at once, as in the model reader: Triton's batches of
any lengths share the engine's streams, and what waits has the flow's bounds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future, wait
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import triton_python_backend_utils as pb_utils

from tritonqa.arrays import FloatArray
from tritonqa.engine import Flow
from tritonqa.engine.answer_types import ANSWER_TYPE_OUTPUT, answer_type_logits
from tritonqa.engine.base import OUTPUT_NAMES
from tritonqa.errors import InputError
from tritonqa.features import Window
from tritonqa.protocol.parameters import LIMITS, parameters_of
from tritonqa.triton.models.cancellation import CancellationWatcher
from tritonqa.triton.models.inherited import close_inherited_sockets
from tritonqa.triton.models.requests import take_deadline
from tritonqa.triton.models.responses import ResponseSender, error_response
from tritonqa.triton.models.startup import open_bundle, window_of
from tritonqa.triton.models.stopping import Stopping
from tritonqa.triton.repository.options import Limits

Logits: TypeAlias = dict[str, FloatArray]


class TritonPythonModel:
    """What Triton's python backend calls."""

    def initialize(self, args: dict[str, str]) -> None:
        """Open the engine of the bundle that lies beside model.py."""
        close_inherited_sockets()
        config = json.loads(args["model_config"])
        self._limits = Limits(**json.loads(parameters_of(config)[LIMITS]))
        self._names = [port["name"] for port in config["input"]]
        self._rate_limited = any(group.get("rate_limiter") for group in config["instance_group"])
        bundle, _, engine = open_bundle(args, config)
        self._longest = bundle.manifest.windowing.max_length
        self._most = {
            "input_ids": bundle.tokenizer().get_vocab_size() - 1,
            "attention_mask": 1,
            "token_type_ids": 1,
        }
        self._flow = Flow(engine, self._limits.waiting)
        self._stopping = Stopping(args["model_name"])
        self._cancellations = CancellationWatcher(self._stopping)

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """Start the rows of each request, and return None for it; a response says why one was refused.

        Under a rate limit it returns when all have run, for Triton counts what has not returned.
        """
        started = [self._start(request) for request in requests]
        if self._rate_limited:
            wait([one for one in started if isinstance(one, Future)])
        return [None if isinstance(one, Future) else error_response(one) for one in started]

    def finalize(self) -> None:
        """Stop the streams; Triton calls this when nothing is under way."""
        self._cancellations.close()
        self._flow.close()

    def _start(self, request: Any) -> Future[Logits] | Exception:
        try:
            self._stopping.check()
            self._flow.check_room()
            windows, width = self._rows(request)
            deadline = take_deadline(request.timeout(), {}, self._limits.seconds)
            future = self._flow.submit(windows, partial(_logits, width), timeout=0, deadline=deadline)
        except Exception as error:  # noqa: BLE001 - every request must be answered
            return error
        sender = ResponseSender(request)
        self._cancellations.watch(sender, future)
        future.add_done_callback(partial(_answer, sender))
        return future

    def _rows(self, request: Any) -> tuple[list[Window], int]:
        """Read a request's rows, and how wide its tensors are."""
        arrays = {name: pb_utils.get_input_tensor_by_name(request, name).as_numpy() for name in self._names}
        ids = arrays["input_ids"]  # [batch, length]
        for name, array in arrays.items():
            if array.shape != ids.shape:
                raise InputError(f"{name} must have the shape of input_ids, {ids.shape}, not {array.shape}")
            if array.size and not (0 <= array.min() and array.max() <= self._most[name]):
                raise InputError(f"{name} must be from 0 to {self._most[name]}")
        ids = ids.astype(np.int32)
        masks = arrays.get("attention_mask", np.ones_like(ids))
        types = arrays.get("token_type_ids", np.zeros_like(ids))
        if ids.shape[1] > self._longest:
            raise InputError(f"input_ids has {ids.shape[1]} tokens a row; this model takes {self._longest}")
        return [window(*row) for row in zip(ids, masks, types, strict=True)], ids.shape[1]


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
    return window_of(ids, (int(types[0]), int(types[-1])), middle)


def _logits(width: int, rows: Sequence[FloatArray]) -> Logits:
    """Lay the rows' logits side by side: start and end, [batch, width] each, and answer types, [batch, 5]."""
    both = np.zeros((2, len(rows), width), np.float32)
    for row, logits in enumerate(rows):
        both[:, row, : logits.shape[1]] = logits[:2]
    found: Logits = dict(zip(OUTPUT_NAMES, both, strict=True))
    types = [known for logits in rows if (known := answer_type_logits(logits)) is not None]
    return {**found, ANSWER_TYPE_OUTPUT: np.stack(types)} if types else found


def _answer(sender: ResponseSender, done: Future[Logits]) -> None:
    try:
        logits = done.result()
        sender.send([pb_utils.Tensor(name, logits[name]) for name in sender.wanted])
    except BaseException as error:  # noqa: BLE001 - every request must be answered
        sender.fail(error)
