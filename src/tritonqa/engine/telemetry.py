"""Engines' libraries without what they tell their makers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OPENVINO = "openvino_telemetry"


@contextmanager
def without_telemetry() -> Iterator[None]:
    """Import libraries within this so that they call nobody.

    Unasked, openvino reports each import to an analytics service and leaves an id in the home folder: it
    falls back to a stub where its telemetry package can't be imported. onnxruntime 1.32 keeps a device id and
    a queue of events: it obeys a variable of the environment, if that is set before its import.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    if _OPENVINO in sys.modules:
        yield
        return
    sys.modules[_OPENVINO] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[_OPENVINO]
