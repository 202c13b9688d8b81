"""A labelled window → a short part of it, that costs less to learn from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tritonqa.train.label import NULL, Labelled


def crop(lesson: Labelled, length: int, random: np.random.Generator) -> Labelled:
    """Keep length tokens of a window, special tokens and the question among them.

    One of the right spans stays, at a random place; of a window without an answer the part that shares most
    with the question, where what looks like an answer stands. Shorter windows are left as they are.
    """
    window = lesson.window
    room = length - (len(window) - (window.stop - window.start))
    if len(window) <= length or room < 1:
        return lesson
    shift = window.first - window.start
    if lesson.spans == (NULL,):
        start = _nearest(lesson, room, random)
    else:
        first, last = lesson.spans[int(random.integers(len(lesson.spans)))]
        low = max(window.start, last - shift + 1 - room)
        high = min(first - shift, window.stop - room)
        if low > high:  # the answer itself is longer
            return lesson
        start = int(random.integers(low, high + 1))
    moved = start - window.start
    kept = replace(window, start=start, stop=start + room)
    inside = ((a - moved, b - moved) for a, b in lesson.spans if a != 0)
    spans = tuple((a, b) for a, b in inside if a >= window.first and b < window.first + room)
    return Labelled(kept, spans or (NULL,))


def _nearest(lesson: Labelled, room: int, random: np.random.Generator) -> int:
    """Draw from the parts that share most tokens with the question, each token weighted by its rarity."""
    window = lesson.window
    ids = window.tokens.ids[window.start : window.stop]
    shared = np.isin(ids, window.question)
    _, place, count = np.unique(ids, return_inverse=True, return_counts=True)
    weight = np.where(shared, 1.0 / count[place], 0.0)
    total = np.concatenate(([0.0], np.cumsum(weight)))
    sums = total[room:] - total[:-room]
    best = np.flatnonzero(sums >= sums.max() - 1e-9)
    return window.start + int(best[int(random.integers(len(best)))])
