"""A tokenizer of bytes, and windows cut with it."""

from __future__ import annotations

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from tritonqa.features import Template, TextTokenizer, Window, Windowing, prepare
from tritonqa.text import Ask


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


def windows(passage: str) -> tuple[Window, ...]:
    """Cut a passage into many small windows, a token a byte."""
    tokenizer = byte_tokenizer()
    sizes = Windowing(max_length=24, stride=2, max_question=4)
    return prepare(Ask.of("q", passage), TextTokenizer(tokenizer), Template.of(tokenizer), sizes).windows
