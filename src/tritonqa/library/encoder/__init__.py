"""Texts → vectors, where an encoder is installed."""

from __future__ import annotations

from tritonqa.library.encoder.base import Encoder
from tritonqa.library.encoder.find import PACKAGED, find

__all__ = ["PACKAGED", "Encoder", "find"]
