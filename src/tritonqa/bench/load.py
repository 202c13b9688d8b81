"""How asks come: clients that each wait for their answer, or a rate that waits for nobody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tritonqa.checks import check_fields, number, whole_number
from tritonqa.errors import InputError


@dataclass(frozen=True, slots=True)
class Load:
    """Either clients, each with one ask under way (closed loop), or a rate in asks a second (open loop)."""

    clients: int | None = None
    rate: float | None = None

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        if (self.clients is None) == (self.rate is None):
            raise InputError("clients and rate exclude each other; give one of them", "clients")
        check_fields(self, whole_number, "clients", least=1)
        check_fields(self, number, "rate", above=0, unit="asks a second")

    def __str__(self) -> str:
        """Name the load."""
        if self.rate is not None:
            return f"{self.rate:g} asks/s"
        return f"{self.clients} client{'s' if self.clients != 1 else ''}"

    def share(self, part: int, parts: int) -> Load:
        """Return what one of several client processes does of this load."""
        if self.rate is not None:
            return Load(rate=self.rate / parts)
        assert self.clients is not None
        return Load(clients=self.clients // parts + (part < self.clients % parts))


def arrivals(rate: float, seconds: float, seed: int) -> npt.NDArray[np.float64]:
    """Draw when asks are due [n]: a Poisson process that brings rate · seconds asks, rounded.

    Given how many come, their times are uniform; so the rate that was asked for is offered exactly.
    """
    count = max(1, round(rate * seconds))
    return np.sort(np.random.default_rng(seed).uniform(0, seconds, count))
