"""A page's image → its lines, by RapidOCR, whose models are in its package: nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from tritonqa.errors import MissingExtra
from tritonqa.library.document import Line

OCR_MEGABYTES = 2048  # of address space, for the models and what they compute
_SCALE = 200 / 72  # pixels a point
_LONGEST = 4000  # pixels
_SURE = 0.9  # share of right characters from which on a page is taken to stand upright


def lines_of(page: Any, alive: Callable[[], None]) -> list[Line]:
    """Return the lines of a PDF's page, whichever way its scan was turned; alive() after each look."""
    width, height = page.get_size()
    scale = min(_SCALE, _LONGEST / max(width, height, 1))
    image = page.render(scale=scale).to_numpy()
    best: list[tuple[float, Line]] = []
    for turns in (0, 1, 3, 2):
        found = list(_read(image, turns, scale))
        alive()
        if _sure(found) > _sure(best):
            best = found
        if not found or (best and _sure(best) >= _SURE * sum(len(line.text) for _, line in best)):
            break
    return [line for _, line in best]


def _sure(lines: list[tuple[float, Line]]) -> float:
    """Return how many characters are right by their lines' scores."""
    return sum(score * len(line.text) for score, line in lines)


def _read(image: npt.NDArray[np.uint8], turns: int, scale: float) -> Iterator[tuple[float, Line]]:
    """Give lines with their scores, from an image [h, w, 3] after quarter turns, placed as it was before.

    A line that runs up the page has a score of 0: it is read, but by chance from its end.
    """
    height, width = image.shape[:2]
    found = _engine()(np.ascontiguousarray(np.rot90(image, turns)), use_cls=False)
    if not found.txts:
        return
    for text, corners, score in zip(found.txts, found.boxes, found.scores, strict=True):
        back = [_turned(float(x), float(y), turns, width, height) for x, y in corners]
        across, down = ([point[axis] / scale for point in back] for axis in (0, 1))
        (left, top), _, (right, bottom), _ = corners
        words = " ".join(text.split())
        if words:
            yield (
                float(score) * (right - left > bottom - top),
                Line(words, min(across), min(down), max(across), max(down)),
            )


def _turned(x: float, y: float, turns: int, width: int, height: int) -> tuple[float, float]:
    """Turn a point back by quarters, onto an image of this width and height."""
    return ((x, y), (width - y, x), (width - x, height - y), (y, height - x))[turns]


@cache
def _engine() -> Any:
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise MissingExtra("rapidocr", "ocr") from error
    return RapidOCR(params={"Global.log_level": "error"})
