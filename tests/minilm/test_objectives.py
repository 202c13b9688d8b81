from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from models.minilm.recipe.objectives import OBJECTIVES, taught
from tritonqa.train.objective import Target, likelihood

MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
TARGET = Target(torch.tensor([0, 1]), torch.tensor([0, 2]), MASK)


class Model(torch.nn.Module):  # type: ignore[misc]
    """A model that gives the same logits to whatever comes."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.logits = torch.nn.Parameter(torch.randn(2, 2, 4))

    def forward(self, attention_mask: Any) -> Any:
        return SimpleNamespace(start_logits=self.logits[0], end_logits=self.logits[1])


def loss(name: str, weight: float) -> float:
    with torch.no_grad():
        return float(OBJECTIVES[name](weight)(Model(0), Model(1), {"attention_mask": MASK}, TARGET))


@pytest.mark.parametrize(
    ("name", "weight"),
    [("likelihood", 1.0), ("weighted nulls", 1.0), ("margin", 0.0), ("r-drop", 1.0), ("mean teacher", 0.0)],
)
def test_without_what_it_adds_each_is_the_likelihood(name: str, weight: float) -> None:
    with torch.no_grad():
        plain = float(likelihood(Model(0), Model(1), {"attention_mask": MASK}, TARGET))
    assert loss(name, weight) == pytest.approx(plain, rel=1e-5)  # R-Drop's passes are equal without dropout


@pytest.mark.parametrize("name", ["margin", "mean teacher", "weighted nulls"])
def test_what_it_adds_counts(name: str) -> None:
    assert abs(loss(name, 3.0) - loss(name, 0.5)) > 1e-3


def test_a_teacher_is_followed_as_the_average_is() -> None:
    with torch.no_grad():
        told = float(taught(0.5, Model(1))(Model(0), Model(2), {"attention_mask": MASK}, TARGET))
    assert told == pytest.approx(loss("mean teacher", 0.5))
