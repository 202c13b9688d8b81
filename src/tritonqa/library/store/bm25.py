"""The formula by which words are searched: Robertson and Zaragoza 2009."""

from __future__ import annotations

from math import log

K1, B = 1.2, 0.75
MOST_COUNT = 255  # how often a term counts in a passage at most


def idf(total: int, holding: int) -> float:
    """Return how rare a term is that so many of all passages hold."""
    return log(1 + (total - holding + 0.5) / (holding + 0.5))


def gain(count: int, length: int, mean: float) -> float:
    """Return what a term that stands count times in a passage of so many terms gives, for an idf of one."""
    counted = min(count, MOST_COUNT)
    return (K1 + 1) * counted / (counted + K1 * (1 - B + B * length / max(mean, 1.0)))
