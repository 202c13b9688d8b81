"""So many calls a minute, and no more."""

from __future__ import annotations

from time import monotonic


class Rate:
    """A bucket that holds a minute's calls, and fills as time goes on."""

    def __init__(self, per_minute: int) -> None:
        """Take how many a minute."""
        self._most, self._held, self._at = per_minute, float(per_minute), monotonic()

    def take(self) -> float:
        """Count one call; or return the seconds until there is room for it."""
        now = monotonic()
        self._held = min(self._held + (now - self._at) * self._most / 60, self._most)
        self._at = now
        if self._held < 1:
            return (1 - self._held) * 60 / self._most
        self._held -= 1
        return 0.0
