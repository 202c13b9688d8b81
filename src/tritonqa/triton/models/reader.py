"""The model reader: strings in, answers out, over the same prepare, flow and finish as in process.

execute hands windows to the flow and returns at once; each answer leaves through its request's sender, so
asks of all clients share the engine's streams a window at a time. A refusal is returned by execute: that
saves a message.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import triton_python_backend_utils as pb_utils

from tritonqa.answers import Answers
from tritonqa.errors import Overloaded
from tritonqa.protocol import parameters
from tritonqa.protocol.contract import CANCEL_STREAM
from tritonqa.protocol.parameters import parameters_of
from tritonqa.protocol.stream_id import stream_of
from tritonqa.protocol.tensors import Array
from tritonqa.reader.in_process import InProcess
from tritonqa.spans import Decoding
from tritonqa.triton.models.cache import Cache
from tritonqa.triton.models.cancellation import CancellationWatcher
from tritonqa.triton.models.inherited import close_inherited_sockets
from tritonqa.triton.models.metrics import MeteredEngine, Metrics
from tritonqa.triton.models.outputs import output
from tritonqa.triton.models.requests import read_asks, read_options, take_deadline
from tritonqa.triton.models.responses import ResponseSender, error_response
from tritonqa.triton.models.scheduling import PriorityBoost
from tritonqa.triton.models.starter import Starter
from tritonqa.triton.models.startup import open_bundle
from tritonqa.triton.models.stopping import Stopping
from tritonqa.triton.repository.options import Limits

_SWITCH_INTERVAL = 0.0005  # seconds; Triton's calls wait behind the streams' Python by Python's own 0.005
_NO_PARAMETERS = ("", "{}")
_LONG = 50_000  # characters from which on tokenising would hold up the asks behind


class TritonPythonModel:
    """What Triton's python backend calls."""

    def initialize(self, args: dict[str, str]) -> None:
        """Open the bundle that lies beside model.py."""
        close_inherited_sockets()
        sys.setswitchinterval(_SWITCH_INTERVAL)
        config = json.loads(args["model_config"])
        known = parameters_of(config)
        self._limits = Limits(**json.loads(known[parameters.LIMITS]))
        bundle, choice, engine = open_bundle(args, config)
        self._metrics = Metrics({"model": args["model_name"], "version": args["model_version"]})
        self._reader = InProcess.of(
            bundle,
            MeteredEngine(engine, self._metrics),
            decoding=Decoding(**json.loads(known[parameters.DECODING])),
            max_waiting=self._limits.waiting,
        )
        self._metrics.watch(self._reader.flow)
        self._stopping = Stopping(args["model_name"])
        self._cancellations, self._priority = CancellationWatcher(self._stopping), PriorityBoost()
        self._starter = Starter(
            self._reader,
            Cache() if json.loads(known[parameters.CACHE]) else None,
            self._cancellations.is_cancelled,
            self._metrics.cached,
        )
        self._long_asks = ThreadPoolExecutor(1, "tritonqa-long")
        pb_utils.Logger.log_info(f"{bundle.manifest.name} runs on {choice}")

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """Start each request's asks, and return None for it; a response says why one was refused."""
        return [self._receive(request) for request in requests]

    def finalize(self) -> None:
        """Stop the streams; Triton calls this when nothing is under way."""
        self._long_asks.shutdown()
        self._cancellations.close()
        self._priority.close()
        self._reader.close()
        self._metrics.close()

    def _receive(self, request: Any) -> Any:
        """Start a request's asks, whose answers leave through its sender: None; or say why it is refused."""
        try:
            text, stream = request.parameters(), stream_of(request.request_id())
            given = json.loads(text) if text not in _NO_PARAMETERS else {}
            if given.pop(CANCEL_STREAM, False):
                self._cancellations.cancel_stream(stream)
                return pb_utils.InferenceResponse()
            self._reader.flow.check_room()  # first: the look at a file would cost more than all else here
            self._stopping.check()
            inputs = partial(_input, request)
            deadline = take_deadline(request.timeout(), given, self._limits.seconds)
            asks = read_asks(inputs, self._limits)
            options = read_options(inputs, given, self._reader.decoding)
            if sum(len(text) for ask in asks for text in (ask.question, *ask.passages)) > _LONG:
                start = partial(self._starter.start, stream, asks, options, deadline)
                self._long_asks.submit(self._start_long, ResponseSender(request), start)
            else:
                self._follow(self._starter.start(stream, asks, options, deadline), ResponseSender(request))
        except Exception as error:  # noqa: BLE001 - every request must be answered
            self._note_refusal(request.request_id(), error)
            return error_response(error)
        return None

    def _start_long(self, sender: ResponseSender, start: Callable[[], Future[list[Answers]]]) -> None:
        try:
            self._follow(start(), sender)
        except Exception as error:  # noqa: BLE001 - every request must be answered
            self._note_refusal(sender.id, error)
            sender.fail(error)

    def _note_refusal(self, request_id: str, error: Exception) -> None:
        self._metrics.refused()
        if isinstance(error, Overloaded):
            self._priority.note_refusal(request_id, error)

    def _follow(self, future: Future[list[Answers]], sender: ResponseSender) -> None:
        self._cancellations.watch(sender, future)
        future.add_done_callback(partial(self._answer, sender))

    def _answer(self, sender: ResponseSender, done: Future[list[Answers]]) -> None:
        try:
            found = done.result()
            sender.send([pb_utils.Tensor(name, output(name, found)) for name in sender.wanted])
            for answers in found:
                self._metrics.answered(len(answers) > 0)
        except BaseException as error:  # noqa: BLE001 - every request must be answered
            self._metrics.refused()
            sender.fail(error)


def _input(request: Any, name: str) -> Array | None:
    tensor = pb_utils.get_input_tensor_by_name(request, name)
    return None if tensor is None else tensor.as_numpy()
