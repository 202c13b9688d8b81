from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tritonqa_mpnet.delta import GROUP, grow, shrink

from tritonqa.errors import InputError

ROWS = 1024  # of 64 columns: a matrix that is large enough to be coded


def matrix(seed: int, size: float, columns: int = GROUP) -> torch.Tensor:
    return size * torch.randn(ROWS, columns, generator=torch.Generator().manual_seed(seed))


@settings(max_examples=20)
@given(seed=st.integers(0, 2**16), size=st.floats(1e-4, 1.0))
def test_a_change_is_kept_but_for_a_tenth_and_takes_an_eighth(seed: int, size: float) -> None:
    before = {"a": matrix(seed, 1.0, 2 * GROUP)}
    change = matrix(seed + 1, size, 2 * GROUP)
    delta = shrink(before, {"a": before["a"] + change})
    grown = grow(before, delta)["a"] - before["a"]
    assert float((grown - change).norm() / change.norm()) < 0.12
    assert sum(value.nbytes for value in delta.values()) <= 0.14 * change.nbytes


@settings(max_examples=20)
@given(st.lists(st.integers(-7, 7), min_size=GROUP, max_size=GROUP), st.sampled_from([2.0**-4, 2.0**-10]))
def test_steps_of_one_width_come_back_as_they_were(steps: list[int], width: float) -> None:
    whole = torch.tensor([*steps[1:], 7]).repeat(ROWS, 1) * width
    before = {"a": torch.zeros(ROWS, GROUP)}
    assert torch.equal(grow(before, shrink(before, {"a": whole}))["a"], whole)


def test_what_has_not_changed_stays_and_what_is_small_is_kept_whole() -> None:
    before = {"same": matrix(0, 1.0), "small": torch.zeros(3, 5), "odd": matrix(1, 1.0, 65)}
    after = before | {"small": torch.full((3, 5), math.pi), "odd": matrix(2, 1.0, 65)}
    delta = shrink(before, after)
    assert set(delta) == {"small", "odd"}
    grown = grow(before, delta)
    assert all(torch.equal(grown[name], after[name]) for name in after)


def test_a_group_that_has_not_changed_beside_one_that_has_stays() -> None:
    before = {"a": matrix(0, 1.0)}
    after = {"a": before["a"].clone()}
    after["a"][3] += 0.01
    grown = grow(before, shrink(before, after))["a"]
    same = torch.arange(ROWS) != 3
    assert torch.equal(grown[same], before["a"][same]) and torch.allclose(grown[3], after["a"][3], atol=1e-4)


@pytest.mark.parametrize("other", [{}, {"a": torch.zeros(ROWS, 2 * GROUP)}])
def test_another_models_tensors_are_refused(other: dict[str, torch.Tensor]) -> None:
    delta = shrink({"a": torch.zeros(ROWS, GROUP)}, {"a": matrix(0, 1.0)})
    with pytest.raises(InputError, match=r"has no a of shape \[1024, 64\]"):
        grow(other, delta)
