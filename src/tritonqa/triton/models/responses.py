"""The one response that a request must get."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError
from typing import Any

import triton_python_backend_utils as pb_utils

from tritonqa.errors import InputError, Overloaded, Timeout, Unavailable
from tritonqa.protocol.error_lines import to_line
from tritonqa.protocol.stream_id import stream_of

_CODES = (
    (InputError, "INVALID_ARG"),
    ((Overloaded, Unavailable, Timeout), "UNAVAILABLE"),
    (CancelledError, "CANCELLED"),
)


class ResponseSender:
    """Send a request's response, from whatever thread has it; wanted are the outputs it asked for.

    under_way counts those of this process that have not sent theirs.
    """

    under_way = 0
    _counting = threading.Lock()

    def __init__(self, request: Any) -> None:
        """Take a request's sender."""
        with self._counting:
            ResponseSender.under_way += 1
        self.wanted: Sequence[str] = request.requested_output_names()
        self.id: str = request.request_id()
        self._sender = request.get_response_sender()
        self._sent = False
        self._lock = threading.Lock()

    @property
    def stream(self) -> str:
        """The stream that the request came on."""
        return stream_of(self.id)

    @property
    def cancelled(self) -> bool:
        """Whether the client is gone or cancelled its request."""
        with self._lock:  # Triton crashes when it is asked about a request that is answered
            return not self._sent and bool(self._sender.is_cancelled())

    def send(self, tensors: list[Any]) -> None:
        """Send the outputs."""
        self._last(pb_utils.InferenceResponse(output_tensors=tensors))

    def fail(self, error: BaseException) -> None:
        """Send an error; log what failed or came too late with the request's id."""
        code = _code(error)
        # Refusals come by the hundreds a second; a metric counts them.
        if code == "INTERNAL" or isinstance(error, Timeout):
            log = pb_utils.Logger.log_error if code == "INTERNAL" else pb_utils.Logger.log_warn
            log(f"[request id: {self.id or '<id_unknown>'}] {to_line(error)}")
        self._last(error_response(error))

    def _last(self, response: Any) -> None:
        with self._lock:
            self._sent = True
            self._sender.send(response, flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        with self._counting:
            ResponseSender.under_way -= 1


def error_response(error: BaseException) -> Any:
    """Say an error in one line, with the code that HTTP and gRPC turn into their own."""
    code = getattr(pb_utils.TritonError, _code(error))
    return pb_utils.InferenceResponse(error=pb_utils.TritonError(to_line(error), code))


def _code(error: BaseException) -> str:
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code
    return "INTERNAL"
