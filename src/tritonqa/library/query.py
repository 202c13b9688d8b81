"""What a library is asked, checked."""

from __future__ import annotations

from tritonqa.errors import InputError
from tritonqa.text import checked_text


def checked_query(value: object, field: str) -> str:
    """Return a text with at least one word; raises InputError by field."""
    text = checked_text(value, field)
    if not text.strip():
        raise InputError(f"{field} is empty; give at least one word", field)
    return text
