"""The names of special tokens in a text are text, whatever the vocabulary is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

from tritonqa.features import TextTokenizer

NAMES = ["[PAD]", "[CLS]", "[SEP]", "[MASK]", "<s>", "</s>", "<pad>", "<mask>"]
LETTERS = sorted({*"abcdefghijklmnopqrstuvwxyzPADCLSEMK[]<>/.,▁é東"})
WORDS = ["a", "sep", "the", "last", "é", "東", "[", "]", "</", "[SEP", "cls]"]
PIECES = ["[UNK]", *NAMES, *LETTERS, "▁the", "sep"]


def wordpiece(pre_tokenizer: pre_tokenizers.PreTokenizer) -> Tokenizer:
    pieces = [*PIECES, *(f"##{letter}" for letter in LETTERS)]
    vocabulary = {piece: id for id, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


def unigram() -> Tokenizer:
    scores = [(piece, 0.0 if piece in NAMES else -3.0 - len(piece)) for piece in dict.fromkeys(PIECES)]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=0))
    tokenizer.normalizer = normalizers.NFKC()  # makes a <s> of full-width letters
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def bpe(whole_words: bool) -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {piece: id for id, piece in enumerate(["[UNK]", *NAMES, *letters])}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], ignore_merges=whole_words))
    split = pre_tokenizers.WhitespaceSplit() if whole_words else pre_tokenizers.Sequence([])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=not whole_words)]
    )
    return tokenizer


KINDS: dict[str, Callable[[], Tokenizer]] = {
    "bert": lambda: wordpiece(pre_tokenizers.BertPreTokenizer()),
    "wordpiece of whole words": lambda: wordpiece(pre_tokenizers.WhitespaceSplit()),
    "unigram": unigram,
    "bpe": lambda: bpe(whole_words=False),
    "bpe of whole words": lambda: bpe(whole_words=True),
}


def make(kind: str) -> Tokenizer:
    tokenizer = KINDS[kind]()
    tokenizer.add_special_tokens(
        [AddedToken(name, special=True, normalized=False) for name in ["[UNK]", *NAMES]]
    )
    tokenizer.add_tokens(["▁kept"])
    return tokenizer


@cache
def reading(kind: str) -> tuple[TextTokenizer, Tokenizer, set[int]]:
    own = make(kind)
    return TextTokenizer(make(kind)), own, {own.get_vocab()[name] for name in NAMES}


PARTS = st.lists(st.sampled_from([*NAMES, *WORDS, " ", " ", "＜s＞", "▁kept"]), min_size=1, max_size=12)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150)
@given(parts=PARTS)
def test_no_special_token_is_read_in_a_text(kind: str, parts: list[str]) -> None:
    text = "".join(parts)
    tokenizer, own, special = reading(kind)
    tokens = tokenizer.tokenise_all([text])[0]
    assert not special & set(tokens.ids.tolist())
    assert not special & set(tokenizer.ids_of(text).tolist())
    covered = {at for start, end in zip(tokens.starts, tokens.ends, strict=True) for at in range(start, end)}
    assert covered >= {at for at, letter in enumerate(text) if not letter.isspace()}
    if not any(name in text for name in (*NAMES, "＜s＞")):
        assert tokens.ids.tolist() == own.encode(text, add_special_tokens=False).ids


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_those_of_the_vocabulary(kind: str) -> None:
    """A copy with other names must not move ids."""
    tokenizer, own, _ = reading(kind)
    kept = tokenizer._tokenizer
    assert kept.get_vocab_size() == own.get_vocab_size()
    assert kept.token_to_id("▁kept") == own.token_to_id("▁kept")
    assert kept.token_to_id("a") == own.token_to_id("a")
