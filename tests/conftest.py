from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from tritonqa import Reader
from tritonqa.engine.toy import ToyEngine
from tritonqa.reader.embedded import Embedded

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data() -> Path:
    return Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    with Reader() as opened:
        yield opened


@pytest.fixture
def toy() -> Iterator[Reader]:
    with Reader(Embedded(byte_tokenizer(), ToyEngine())) as opened:
        yield opened


def byte_tokenizer() -> Tokenizer:
    """Build a tokenizer of bytes: every script has tokens, and characters of several tokens."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {letter: i + 2 for i, letter in enumerate(letters)} | {"<s>": 0, "</s>": 1}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.normalizer = normalizers.Sequence([])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s>:0 $A:0 </s>:0 $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    return tokenizer


@pytest.fixture(scope="session")
def seed() -> ModuleType:
    spec = importlib.util.spec_from_file_location("seed", ROOT / "examples" / "seed.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["seed"] = module
    spec.loader.exec_module(module)
    return module
