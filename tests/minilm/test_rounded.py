from __future__ import annotations

from pathlib import Path

import torch

from models.minilm.experiments.rounded import RoundedLinear, with_rounding
from tests.support import checkpoints
from tritonqa.train.start import Start


def test_products_are_those_of_256_steps_and_gradients_pass() -> None:
    torch.manual_seed(0)
    plain, values = torch.nn.Linear(16, 4), torch.randn(2, 3, 16, requires_grad=True)
    rounded = RoundedLinear(16, 4)
    rounded.load_state_dict(plain.state_dict())
    near, exact = rounded(values), plain(values)
    assert not torch.equal(near, exact) and torch.allclose(near, exact, atol=0.05)
    near.sum().backward()
    assert torch.allclose(values.grad, plain.weight.sum(0).expand_as(values), atol=0.02)
    assert rounded.weight.grad is not None and bool(rounded.weight.grad.abs().min() > 0)


def test_what_is_rounded_already_stays() -> None:
    layer = RoundedLinear(2, 1, bias=False)
    layer.weight.data[:] = torch.tensor([[127.0, -3.0]])
    values = torch.tensor([[[0.0, 255.0]], [[17.0, 4.0]]])
    assert torch.allclose(layer(values), values @ layer.weight.T)


def test_the_layers_of_an_encoder_are_rounded_and_the_head_is_not(tmp_path: Path) -> None:
    model = Start.open(checkpoints.make("bert", tmp_path / "start")).model
    before = model.state_dict().keys()
    with_rounding(model)
    kinds = {name: type(module) for name, module in model.named_modules()}
    assert kinds["qa_outputs"] is torch.nn.Linear
    dense = {kind for name, kind in kinds.items() if ".encoder." in name and name.endswith("dense")}
    assert dense == {RoundedLinear}
    assert model.state_dict().keys() == before
