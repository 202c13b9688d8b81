"""A PDF page's text, each character with its index in PDFium, by which its rectangle is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_HYPHEN = 0x02  # PDFium's mark of a hyphen at a line's end; the line break behind it is left out
_SOFT_HYPHEN = "\u00ad"
_UNKNOWN = "\ufffd"


@dataclass(frozen=True, slots=True)
class Characters:
    """text[i] is what PDFium has at indices[i]."""

    text: str
    indices: tuple[int, ...]


def characters(page_text: Any) -> Characters:
    """Read a page's characters one by one: PDFium's ranges of text have other indices than its rectangles.

    A line ends with one newline. A hyphen at a line's end is a soft hyphen where a small letter follows, so
    that the word stays whole for a search, and a plain one otherwise; ligatures stay as the file has them.
    What has no Unicode is U+FFFD.
    """
    from pypdfium2 import raw

    codes = [raw.FPDFText_GetUnicode(page_text, index) for index in range(page_text.count_chars())]
    text: list[str] = []
    indices: list[int] = []
    for index, code in enumerate(codes):
        following = codes[index + 1] if index + 1 < len(codes) else 0
        if 0xDC00 <= code < 0xE000 and index and 0xD800 <= codes[index - 1] < 0xDC00:
            text[-1] = chr(0x10000 + ((codes[index - 1] - 0xD800) << 10) + code - 0xDC00)
        elif character := _character(code, following):
            text.append(character)
            indices.append(index)
    while text and text[-1].isspace():
        text.pop()
        indices.pop()
    return Characters("".join(text), tuple(indices))


def _character(code: int, following: int) -> str:
    if code == 0x0D:
        return "" if following == 0x0A else "\n"
    if code in (0x09, 0x0A):
        return chr(code)
    if code == _HYPHEN:
        return _SOFT_HYPHEN if chr(following).islower() else "-"
    return _UNKNOWN if code < 0x20 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)
