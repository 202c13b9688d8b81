from __future__ import annotations

from collections.abc import Callable
from math import inf, nan

import pytest

from tritonqa.errors import InputError
from tritonqa.train.options import Augmentation, Optimisation, Recipe


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda value: Optimisation(learning_rate=value), "learning_rate"),
        (lambda value: Optimisation(frozen=value), "frozen"),
        (lambda value: Optimisation(dropout=value), "dropout"),
        (lambda value: Augmentation(noise=value), "noise"),
        (lambda value: Recipe(epochs=value), "epochs"),
        (lambda value: Recipe(least_steps=value), "least_steps"),
    ],
)
@pytest.mark.parametrize("value", [-1.0, nan, inf])
def test_what_is_no_number_for_it_is_refused_by_name(
    make: Callable[[float], object], field: str, value: float
) -> None:
    with pytest.raises(InputError, match=field):
        make(value)
