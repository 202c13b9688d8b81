from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa.engine.backends.torch import TorchEngine
from tritonqa.features import Template, TextTokenizer, Window, Windowing, prepare
from tritonqa.text import Ask

torch = pytest.importorskip("torch", reason="needs tritonqa[torch]")
transformers = pytest.importorskip("transformers", reason="needs tritonqa[torch]")

SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "vocab_size": 300,
}


@pytest.fixture(params=["bert", "electra", "roberta"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    torch.manual_seed(1)
    config = transformers.AutoConfig.for_model(request.param, **SIZES)
    config.pad_token_id = 280  # roberta counts positions from here
    config.initializer_range = 0.3
    transformers.AutoModelForQuestionAnswering.from_config(config).save_pretrained(tmp_path)
    return tmp_path


def windows() -> tuple[Window, ...]:
    tokenizer = byte_tokenizer()
    sizes = Windowing(max_length=48, stride=8, max_question=12)
    ask = Ask.of("which words?", ["short", "a longer passage that needs several windows to be read whole"])
    return prepare(ask, TextTokenizer(tokenizer), Template.of(tokenizer), sizes).windows


def test_windows_end_to_end_give_the_logits_of_each_alone(folder: Path) -> None:
    alone, packed = TorchEngine(folder, "fp32", 1), TorchEngine(folder, "fp32", 1, packed=True)
    assert packed.grouping.max_windows > 1 and alone.grouping.max_windows == 1
    group = windows()
    assert len({len(window) for window in group}) > 1
    found, expected = packed.run(group), alone.run(group)
    for window, got, want in zip(group, found, expected, strict=True):
        assert got.shape == (2, len(window))
        np.testing.assert_allclose(got, want, atol=1e-5)
    assert not np.allclose(expected[0][:, :8], expected[1][:, :8], atol=1e-3)


def test_an_architecture_that_cant_be_packed_runs_window_by_window(tmp_path: Path) -> None:
    config = transformers.DistilBertConfig(dim=32, n_layers=1, n_heads=2, hidden_dim=48, vocab_size=300)
    transformers.DistilBertForQuestionAnswering(config).save_pretrained(tmp_path)
    engine = TorchEngine(tmp_path, "fp32", 1, packed=True)
    assert engine.grouping.max_windows == 1
    assert [found.shape[1] for found in engine.run(windows())] == [len(window) for window in windows()]


def test_one_token_type_is_none_and_cores_are_heeded(tmp_path: Path) -> None:
    config = transformers.RobertaConfig(**SIZES, type_vocab_size=1, pad_token_id=280)
    transformers.RobertaForQuestionAnswering(config).save_pretrained(tmp_path)
    before = torch.get_num_threads()
    try:
        found = TorchEngine(tmp_path, "fp32", 1).run(windows())
        assert [part.shape[1] for part in found] == [len(window) for window in windows()]
        assert any(window.type_ids.any() for window in windows()) and torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
