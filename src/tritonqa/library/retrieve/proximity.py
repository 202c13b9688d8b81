"""Whether words that follow each other in a question stand near each other in a passage.

Neighbours among a query's terms count where a text has them close and in their order, and less within a
window in either order (the sequential dependence model: Metzler and Croft 2005).
"""

from __future__ import annotations

from collections.abc import Sequence

from tritonqa.library.passages.analyse import analyse

_CLOSE = 3  # terms on from the first to the second, at most
_WINDOW = 8  # terms
_IN_WINDOW = 1 / 3  # of what a pair is worth that is close and in order


class Proximity:
    """The pairs of neighbours among a query's terms, which differ from each other."""

    def __init__(self, terms: Sequence[str]) -> None:
        """Pair each term with the next."""
        self._pairs = len(terms) - 1
        self._before = dict(zip(terms[1:], terms, strict=False))
        self._after = dict(zip(terms, terms[1:], strict=False))

    def of(self, text: str) -> float:
        """Return the share of pairs that a text has near each other; 0 where there are none."""
        last: dict[str, int] = {}
        worth: dict[str, float] = {}  # by the second term of a pair
        for at, term in enumerate(analyse(text) if self._pairs > 0 else ()):
            before, after = self._before.get(term), self._after.get(term)
            if before in last and (gap := at - last[before]) <= _WINDOW:
                worth[term] = max(worth.get(term, 0.0), 1.0 if gap <= _CLOSE else _IN_WINDOW)
            if after in last and at - last[after] <= _WINDOW:
                worth[after] = max(worth.get(after, 0.0), _IN_WINDOW)
            if before is not None or after is not None:
                last[term] = at
        return sum(worth.values()) / max(1, self._pairs)
