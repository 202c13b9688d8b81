from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.bench import Load
from tritonqa.bench.load import arrivals
from tritonqa.errors import InputError


@given(st.floats(0.5, 500), st.floats(0.1, 20), st.integers(0, 2**31))
def test_arrivals_are_as_many_as_asked_for_in_order_and_in_time(
    rate: float, seconds: float, seed: int
) -> None:
    due = arrivals(rate, seconds, seed)
    assert len(due) == max(1, round(rate * seconds))
    assert (np.diff(due) >= 0).all() and 0 <= due[0] and due[-1] <= seconds
    assert (due == arrivals(rate, seconds, seed)).all()


def test_gaps_are_those_of_a_poisson_process() -> None:
    gaps = np.diff(arrivals(1000, 20, 1)) * 1000
    assert abs(gaps.mean() - 1) < 0.01 and abs(gaps.std() - 1) < 0.03  # exponential: mean 1, deviation 1


@given(st.integers(1, 9), st.integers(1, 300))
def test_processes_share_a_load_whole(parts: int, clients: int) -> None:
    shares = [Load(clients=clients).share(part, parts) for part in range(min(parts, clients))]
    if clients >= parts:
        assert sum(share.clients or 0 for share in shares) == clients
    assert sum(Load(rate=7.0).share(part, parts).rate or 0 for part in range(parts)) == pytest.approx(7)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "clients and rate exclude each other"),
        ({"clients": 1, "rate": 2.0}, "clients and rate exclude each other"),
        ({"clients": 0}, "clients must be at least 1, not 0"),
        ({"rate": 0.0}, "rate must be asks a second above 0"),
        ({"rate": float("nan")}, "rate must be asks a second above 0"),
    ],
)
def test_loads_that_are_none(given: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Load(**given)  # type: ignore[arg-type]
