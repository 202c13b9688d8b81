"""Questions and passages → answers."""

from typing import TYPE_CHECKING

from tritonqa.lazy import lazily
from tritonqa.reader.sync import Reader

if TYPE_CHECKING:
    from tritonqa.reader.aio import AsyncReader
else:
    __getattr__ = lazily(__name__, {"AsyncReader": "aio"})  # asyncio is large

__all__ = ["AsyncReader", "Reader"]
