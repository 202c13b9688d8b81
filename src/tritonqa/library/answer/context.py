"""An answer in its passage → the sentences around it."""

from __future__ import annotations

from tritonqa.library.passages.sentences import sentences

_MOST = 600  # characters


def context(text: str, start: int, end: int) -> tuple[str, int]:
    """Return the sentences that hold text[start:end], with their neighbours, and where they begin."""
    ranges = list(sentences(text, 0, len(text)))
    first = max(next((i for i, one in enumerate(ranges) if one[1] > start), 0) - 1, 0)
    last = min(
        next((i for i, one in enumerate(ranges) if one[1] >= end), len(ranges) - 1) + 1, len(ranges) - 1
    )
    begin = max(ranges[first][0], start - _MOST // 2)
    stop = min(ranges[last][1], end + _MOST // 2)
    begin = min(begin + len(text[begin:stop]) - len(text[begin:stop].lstrip()), start)
    return text[begin : max(begin + len(text[begin:stop].rstrip()), end)], begin
