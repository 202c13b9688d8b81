"""str → the same str, or an InputError that names the field."""

from __future__ import annotations

from tritonqa import checks
from tritonqa.errors import InputError


def checked_text(value: object, field: str) -> str:
    """Return the value when it is text that can be encoded.

    Raises InputError for what is no str and for lone surrogates, which no encoding can carry.
    """
    text = checks.text(field, value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"{field} holds a lone surrogate at character {error.start}; decode the text with "
            "errors='replace', or remove that character",
            field,
        ) from error
    return text
