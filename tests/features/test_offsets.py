"""Offsets are right for pre-tokenizers, normalisers and post-processors in every combination."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from tritonqa.features import TextTokenizer
from tritonqa.features.offsets import lost_characters

TEXT = "Ik woon in Amsterdam, daar is André (naïve) 東京 x-7 don't."
PRE: dict[str, Callable[[bool], Any]] = {
    "whitespace": lambda _: pre_tokenizers.Whitespace(),
    "whitespace-split": lambda _: pre_tokenizers.WhitespaceSplit(),
    "byte-level": lambda prefix: pre_tokenizers.ByteLevel(add_prefix_space=prefix),
    "metaspace": lambda prefix: pre_tokenizers.Metaspace(prepend_scheme="always" if prefix else "never"),
    "punctuation": lambda _: pre_tokenizers.Punctuation(),
    "digits": lambda _: pre_tokenizers.Digits(individual_digits=True),
    "bert": lambda _: pre_tokenizers.BertPreTokenizer(),
    "scripts": lambda _: pre_tokenizers.UnicodeScripts(),
    "delimiter": lambda _: pre_tokenizers.CharDelimiterSplit("-"),
}
NORMALISERS = {
    "none": None,
    "lower": normalizers.Lowercase(),
    "nfc": normalizers.NFC(),
    "nfd": normalizers.NFD(),
    "nfkc": normalizers.NFKC(),
    "bert": normalizers.BertNormalizer(strip_accents=True, lowercase=True),
}


def make(names: tuple[str, ...], normaliser: str, prefix: bool, trim: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([PRE[name](prefix) for name in names])
    if NORMALISERS[normaliser] is not None:
        tokenizer.normalizer = NORMALISERS[normaliser]
    alphabet = pre_tokenizers.ByteLevel.alphabet() if "byte-level" in names else []
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "</s>", "<unk>"],
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT] * 3, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 1), ("<s>", 0), trim_offsets=trim, add_prefix_space=prefix
    )
    return tokenizer


cached = cache(make)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(PRE)), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from(sorted(NORMALISERS)),
    st.booleans(),
    st.booleans(),
)
def test_every_letter_lies_in_a_token(
    names: tuple[str, ...], normaliser: str, prefix: bool, trim: bool
) -> None:
    tokenizer = cached(names, normaliser, prefix, trim)
    before = tokenizer.to_str()
    assert lost_characters(tokenizer, TEXT) == ""
    (tokens,) = TextTokenizer(tokenizer).tokenise_all([TEXT])
    own = tokenizer.encode(TEXT, add_special_tokens=False)
    assert tokens.ids.tolist() == own.ids and tokenizer.to_str() == before
    assert (tokens.starts[1:] >= tokens.starts[:-1]).all() and (tokens.ends <= len(TEXT)).all()


def test_the_kind_that_lost_first_letters() -> None:
    tokenizer = make(("whitespace", "byte-level", "punctuation"), "none", prefix=True, trim=True)
    own = [TEXT[a:b] for a, b in tokenizer.encode(TEXT, add_special_tokens=False).offsets]
    assert "msterdam" in own
    (tokens,) = TextTokenizer(tokenizer).tokenise_all([TEXT])
    assert "Amsterdam" in [TEXT[a:b].strip() for a, b in zip(tokens.starts, tokens.ends, strict=True)]


def test_what_is_lost_is_told() -> None:
    tokenizer = make(("whitespace",), "none", prefix=False, trim=False)
    tokenizer.normalizer = normalizers.Replace("x", "")
    tokenizer.pre_tokenizer = pre_tokenizers.Split("Ik", "removed")
    assert {"I", "k"} <= set(lost_characters(tokenizer, TEXT))
