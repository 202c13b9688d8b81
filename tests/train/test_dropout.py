from __future__ import annotations

import pytest
import torch

from tritonqa.train.dropout import ByteDropout
from tritonqa.train.optimiser import set_dropout


def test_a_share_is_left_out_and_the_rest_raised_by_as_much() -> None:
    torch.manual_seed(0)
    values = torch.ones(1001, 97, requires_grad=True)
    left = ByteDropout(0.1)(values)
    assert (left == 0).float().mean().item() == pytest.approx(26 / 256, abs=0.005)
    assert left.unique().tolist() == pytest.approx([0.0, 256 / 230])
    left.sum().backward()
    assert torch.equal(values.grad, left)


def test_what_is_left_out_depends_on_the_seed_alone() -> None:
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        drawn.append(ByteDropout(0.5)(torch.ones(50)))
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])


def test_nothing_is_left_out_of_an_answer_or_without_a_share() -> None:
    values = torch.ones(9)
    assert ByteDropout(0.5).eval()(values) is values and ByteDropout(0.0)(values) is values


def test_attention_has_none() -> None:
    model = torch.nn.ModuleDict(
        {
            "attention": torch.nn.ModuleDict(
                {"self": torch.nn.Dropout(0.3), "output": torch.nn.Sequential(torch.nn.Dropout(0.3))}
            ),
            "output": torch.nn.Dropout(0.3),
        }
    )
    model.device = torch.device("cpu")
    set_dropout(model, 0.1)
    shares = {name: part.p for name, part in model.named_modules() if isinstance(part, torch.nn.Dropout)}
    assert shares == {"attention.self": 0.0, "attention.output.0": 0.1, "output": 0.1}
    assert all(type(part) is ByteDropout for part in model.modules() if isinstance(part, torch.nn.Dropout))
