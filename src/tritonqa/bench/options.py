"""How a measurement goes."""

from __future__ import annotations

from dataclasses import dataclass

from tritonqa.checks import check_fields, flag, number, whole_number


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
        check_fields(self, number, "seconds", above=0)
        check_fields(self, number, "warmup", least=0, unit="seconds")
        check_fields(self, whole_number, "rounds", "processes", least=1)
        check_fields(self, flag, "profile")
        check_fields(self, whole_number, "seed", least=0)
