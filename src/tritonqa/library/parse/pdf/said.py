"""What a PDF says of itself → text."""

from __future__ import annotations

from collections.abc import Callable


def said(get: Callable[..., str | None], *names: object) -> str:
    """Return what a getter of PDFium's gives; nothing of what ends in half a character: it refuses that."""
    try:
        return get(*names) or ""
    except UnicodeDecodeError:
        return ""
