"""How a measurement goes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """Seconds a reader is measured for under a load, in so many rounds, readers in turn; warm-up before.

    processes ask (None: one, and as many as there are cores where one is the bottleneck). profile measures
    stages too. seed is that of when asks come.
    """

    seconds: float = 10.0
    warmup: float = 2.0
    rounds: int = 3
    processes: int | None = None
    profile: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        if not 0 < self.seconds < math.inf:
            raise InputError(f"seconds must be above 0, not {self.seconds}")
        if not 0 <= self.warmup < math.inf:
            raise InputError(f"warmup must be seconds, 0 or more, not {self.warmup}")
        for name in ("rounds", "processes"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise InputError(f"{name} must be at least 1, not {value}")
