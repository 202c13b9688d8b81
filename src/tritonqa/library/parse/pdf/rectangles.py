"""Characters of a PDF page → rectangles on the page as it is shown."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tritonqa.library.document import Box

_SCALE = 64  # PDFium's device coordinates are whole numbers: a point is this many


def boxes_of(page: Any, page_text: Any, number: int, lines: Iterable[Sequence[int]]) -> tuple[Box, ...]:
    """Return a box a line, of the indices of its characters; two where a gap parts them."""
    return tuple(Box(number, *box) for line in lines for box in _joined(_rectangles(page, page_text, line)))


Rectangle = tuple[float, float, float, float]


def _rectangles(page: Any, page_text: Any, indices: Sequence[int]) -> Iterator[Rectangle]:
    """Give the rectangles of characters: the advance wide, the font's ascent and descent high."""
    from pypdfium2 import raw

    found = raw.FS_RECTF()
    for index in indices:
        if raw.FPDFText_GetLooseCharBox(page_text, index, found):
            corners = (_shown(page, found.left, found.top), _shown(page, found.right, found.bottom))
            (left, right), (top, bottom) = (sorted(pair) for pair in zip(*corners, strict=True))
            if left < right and top < bottom:  # what PDFium put in between, a space, has no width
                yield left, top, right, bottom


def _shown(page: Any, x: float, y: float) -> tuple[float, float]:
    """Turn a point in the PDF's own space into one from the top left of the page as it is shown."""
    from pypdfium2 import raw

    across, down = ctypes.c_int(), ctypes.c_int()
    width, height = (round(side * _SCALE) for side in page.get_size())
    raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down)
    return across.value / _SCALE, down.value / _SCALE


def _joined(rectangles: Iterable[Rectangle]) -> Iterator[Rectangle]:
    """Join neighbours in a line, whichever way it runs."""
    joined: Rectangle | None = None
    for one in rectangles:
        if joined is not None and _touch(joined, one):
            left, top = min(joined[0], one[0]), min(joined[1], one[1])
            joined = (left, top, max(joined[2], one[2]), max(joined[3], one[3]))
        else:
            if joined is not None:
                yield joined
            joined = one
    if joined is not None:
        yield joined


def _touch(a: Rectangle, b: Rectangle) -> bool:
    """Tell whether b stands in a's line, at most a character's size away."""
    reach = max(b[2] - b[0], b[3] - b[1])
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    beside = down > 0.5 * min(a[3] - a[1], b[3] - b[1]) and across > -reach
    below = across > 0.5 * min(a[2] - a[0], b[2] - b[0]) and down > -reach
    return beside or below
