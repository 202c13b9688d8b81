from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.support import checkpoints
from tritonqa.train import attention
from tritonqa.train.start import Start


@pytest.mark.parametrize(
    ("bf16", "length", "kind"),
    [
        (False, 64, "eager"),
        (False, 384, "sdpa"),
        (True, 64, "eager"),
        (True, 384, "eager"),
        (True, None, "sdpa"),
        (False, None, "sdpa"),
    ],
)
def test_the_kind_is_what_learns_fastest_at_a_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bf16: bool, length: int | None, kind: str
) -> None:
    model = Start.open(checkpoints.make("bert", tmp_path / "made")).model
    monkeypatch.setattr(attention, "in_bf16", lambda device: bf16)
    attention.choose_attention(model, length)
    assert model.config._attn_implementation == kind


def test_both_kinds_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Start.open(checkpoints.make("bert", tmp_path / "made")).model.eval()
    ids = torch.tensor([[2, 11, 12, 3, 13, 14, 15, 3], [2, 11, 3, 13, 14, 3, 0, 0]])
    mask = (ids > 0).long()
    found = []
    for length in (len(ids[0]), None):
        attention.choose_attention(model, length)
        with torch.no_grad():
            found.append(model(input_ids=ids, attention_mask=mask).start_logits[mask > 0])
    assert torch.allclose(*found, atol=1e-5)
