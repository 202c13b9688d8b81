"""One window's logits → its best spans: O(length), banded by the longest answer."""

from __future__ import annotations

import numpy as np

from tritonqa.arrays import FloatArray

NOTHING = np.float32(-np.inf)


class Band:
    """All spans of a window of at most `width` tokens, the best end known for each start.

    start and end are logits [n] of the passage's tokens alone.
    """

    def __init__(self, start: FloatArray, end: FloatArray, width: int) -> None:
        """Find for every start the score of its best span."""
        self._start, self._end, self._width = start, end, min(width, len(end))
        self._blocked: list[int] = []
        self._best: FloatArray = start + _sliding_max(end, self._width)

    def peak(self) -> tuple[float, int]:
        """Return the best span's score and its start; -inf where none is left."""
        at = int(self._best.argmax())
        return float(self._best[at]), at

    def end_of(self, at: int) -> int:
        """Return the last token of the best span from this start."""
        limit = min([at + self._width, *(block for block in self._blocked if block > at)])
        return at + int(self._end[at:limit].argmax())

    def block(self, first: int, last: int) -> None:
        """Take away every span that touches the tokens first to last, inclusive."""
        first, last = max(first, 0), min(last, len(self._best) - 1)
        if first > last:
            return
        self._blocked.append(first)
        self._best[first : last + 1] = NOTHING
        low = max(0, first - self._width + 1)
        ends = np.maximum.accumulate(self._end[low:first][::-1])[::-1]
        np.minimum(self._best[low:first], self._start[low:first] + ends, out=self._best[low:first])

    def log_total(self) -> float:
        """Return the log of the sum of exp(score) over every span of the window."""
        top_start, top_end = float(self._start.max()), float(self._end.max())
        sums = np.concatenate(([0.0], np.cumsum(np.exp(self._end - top_end, dtype=np.float64))))
        stops = np.minimum(np.arange(len(self._end)) + self._width, len(self._end))
        mass = np.exp(self._start - top_start) @ np.maximum(sums[stops] - sums[:-1], 0.0)
        return top_start + top_end + float(np.log(max(float(mass), 1e-300)))


def _sliding_max(values: FloatArray, width: int) -> FloatArray:
    """Return max(values[i : i + width]) for every i, in log2(width) steps."""
    reach, best = 1, np.concatenate((values, np.full(width - 1, NOTHING, np.float32)))
    while reach < width:
        step = min(reach, width - reach)
        best = np.maximum(best[:-step], best[step:])
        reach += step
    return best[: len(values)]
