"""What other guests of the same host took of this machine's cores."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_STAT = Path("/proc/stat")
_STEAL, _GUEST = 7, 8  # columns: time in guests of our own stands in user's as well


@dataclass(frozen=True, slots=True)
class CoreTime:
    """Time of all cores, and the part that was wanted here and given to others (proc(5): steal); in ticks."""

    stolen: int = 0
    all: int = 0

    def __add__(self, other: CoreTime) -> CoreTime:
        """Return both together."""
        return CoreTime(self.stolen + other.stolen, self.all + other.all)

    def since(self, before: CoreTime) -> CoreTime:
        """Return what passed since then."""
        return CoreTime(max(0, self.stolen - before.stolen), self.all - before.all)

    @property
    def share(self) -> float | None:
        """Return the share that was stolen; None where this can't be seen."""
        return self.stolen / self.all if self.all > 0 else None


def core_time() -> CoreTime:
    """Read the time of all cores since the machine began; nothing where it doesn't tell."""
    try:
        line = _STAT.read_text(encoding="ascii").partition("\n")[0]
    except OSError:
        return CoreTime()
    ticks = [int(field) for field in line.split()[1 : _GUEST + 1]]
    return CoreTime(ticks[_STEAL], sum(ticks)) if len(ticks) > _STEAL else CoreTime()
