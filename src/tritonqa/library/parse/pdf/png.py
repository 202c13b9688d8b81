"""A PDF page → a picture of it."""

from __future__ import annotations

import io
from typing import Any

from tritonqa.errors import MissingExtra


def png(page: Any, scale: float) -> bytes:
    """Draw a page at so many pixels a point."""
    try:
        import PIL  # noqa: F401
    except ImportError as error:
        raise MissingExtra("pillow", "web") from error
    stream = io.BytesIO()
    page.render(scale=scale).to_pil().save(stream, "PNG")
    return stream.getvalue()
