"""Characters of a PDF page → rectangles on the page as it is shown."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tritonqa.library.document import Box, Line

_SCALE = 64  # PDFium's device coordinates are whole numbers: a point is this many


Rectangle = tuple[float, float, float, float]
Written = tuple[str, Sequence[int]]
"""A line's characters, with their indices in PDFium."""


def boxes_of(page: Any, page_text: Any, number: int, lines: Iterable[Written]) -> tuple[Box, ...]:
    """Return a box a line; two where a gap parts them."""
    return tuple(Box(number, *box) for line in lines for _, box in _parts(page, page_text, line))


def lines_on(page: Any, page_text: Any, lines: Iterable[Written]) -> tuple[Line, ...]:
    """Return the words of each line, or of each part of one that a gap ends, with their rectangle."""
    return tuple(
        Line(text.strip(), *box)
        for line in lines
        for text, box in _parts(page, page_text, line)
        if text.strip()
    )


def _parts(page: Any, page_text: Any, line: Written) -> Iterator[tuple[str, Rectangle]]:
    """Join neighbours in a line, whichever way it runs."""
    words, joined = "", None
    for character, index in zip(*line, strict=False):
        one = _rectangle(page, page_text, index)
        if joined is not None and one is not None and not _touch(joined, one):
            yield words, joined
            words, joined = "", None
        words += character
        if one is not None:
            joined = one if joined is None else _around(joined, one)
    if joined is not None:
        yield words, joined


def _rectangle(page: Any, page_text: Any, index: int) -> Rectangle | None:
    """Return a character's rectangle: the advance wide, the font's ascent and descent high.

    None for what has no width, a space that PDFium put in between.
    """
    from pypdfium2 import raw

    found = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(page_text, index, found):
        return None
    corners = (_shown(page, found.left, found.top), _shown(page, found.right, found.bottom))
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(*corners, strict=True))
    return (left, top, right, bottom) if left < right and top < bottom else None


def _shown(page: Any, x: float, y: float) -> tuple[float, float]:
    """Turn a point in the PDF's own space into one from the top left of the page as it is shown."""
    from pypdfium2 import raw

    across, down = ctypes.c_int(), ctypes.c_int()
    width, height = (round(side * _SCALE) for side in page.get_size())
    raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
    return across.value / _SCALE, down.value / _SCALE


def _around(a: Rectangle, b: Rectangle) -> Rectangle:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _touch(a: Rectangle, b: Rectangle) -> bool:
    """Tell whether b stands in a's line, at most a character's size away."""
    reach = max(b[2] - b[0], b[3] - b[1])
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    beside = down > 0.5 * min(a[3] - a[1], b[3] - b[1]) and across > -reach
    below = across > 0.5 * min(a[2] - a[0], b[2] - b[0]) and down > -reach
    return beside or below
