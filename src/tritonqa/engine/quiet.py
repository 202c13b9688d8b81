"""Engines' libraries without what they tell their makers, and without bars of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OPENVINO = "openvino_telemetry"


@contextmanager
def quiet() -> Iterator[None]:
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


@contextmanager
def without_bars() -> Iterator[None]:
    """Load and save within this without transformers' own bars and warnings; errors are raised as ever."""
    from transformers.utils import logging

    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()
