"""Errors → Triton's responses."""

from __future__ import annotations

from typing import Any

import triton_python_backend_utils as pb_utils

from tritonqa.errors import InputError, Overloaded, Timeout, Unavailable
from tritonqa.wire.faults import to_line

_CODES = ((InputError, "INVALID_ARG"), ((Overloaded, Unavailable, Timeout), "UNAVAILABLE"))


def error_response(error: BaseException) -> Any:
    """Say an error in one line, with the code that HTTP and gRPC turn into their own."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "INTERNAL")
    return pb_utils.InferenceResponse(
        error=pb_utils.TritonError(to_line(error), getattr(pb_utils.TritonError, code))
    )
