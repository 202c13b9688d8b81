"""Questions and passages → answers."""

from tritonqa.reader.aio import AsyncReader
from tritonqa.reader.sync import Reader

__all__ = ["AsyncReader", "Reader"]
