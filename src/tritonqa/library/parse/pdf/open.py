"""Bytes → an open PDF."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tritonqa.errors import DocumentError, MissingExtra

_PASSWORD, _FORMAT, _HANDLER = 4, 3, 5  # FPDF_GetLastError


@contextmanager
def opened(data: bytes, passwords: tuple[str, ...]) -> Iterator[Any]:
    """Open a PDF, with the first password that fits where it needs one; close it at the end.

    Raises DocumentError for one that is locked or damaged.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise MissingExtra("pypdfium2", "library") from error
    for password in (None, *passwords):
        try:
            pdf = pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError as error:
            if error.err_code != _PASSWORD:
                raise DocumentError(_REASONS.get(error.err_code, _DAMAGED)) from error
            continue
        break
    else:
        raise DocumentError(_WRONG if passwords else _LOCKED)
    try:
        if pdf.get_formtype():
            pdf.init_forms()
        yield pdf
    finally:
        pdf.close()


@contextmanager
def opened_page(pdf: Any, index: int) -> Iterator[tuple[Any, Any]]:
    """Load a page, with what its form's fields hold drawn on it, and its text."""
    page = pdf[index]
    if pdf.formenv:
        page.flatten()
        page.close()
        page = pdf[index]
    text = page.get_textpage()
    try:
        yield page, text
    finally:
        text.close()
        page.close()


_LOCKED = "is encrypted; give its password with --password"
_WRONG = "is encrypted, and none of the passwords given opens it; give the right one with --password"
_DAMAGED = "is damaged and can't be read as PDF; repair it or export it again"
_REASONS = {_HANDLER: "is encrypted in a way that is not known; save it without encryption"}
