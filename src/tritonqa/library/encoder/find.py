"""A name → an encoder; an installed data package is found by its entry point."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from threading import Lock

from tritonqa.library.encoder.base import Encoder

GROUP = "tritonqa.encoders"
PACKAGED = "tritonqa-encoder-minilm"

_OPENING = Lock()


def find(name: str = PACKAGED) -> Encoder | None:
    """Open an installed encoder, once in this process; None where it is not installed."""
    with _OPENING:
        return _open(name)


@cache
def _open(name: str) -> Encoder | None:
    for point in entry_points(group=GROUP, name=name):
        from tritonqa.library.encoder.packaged import PackagedEncoder

        return PackagedEncoder(Path(point.load()()))
    return None
