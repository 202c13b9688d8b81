from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa.features import TextTokenizer
from tritonqa.features.pieces import LONG, is_local, pieces
from tritonqa.reader.find import PACKAGED, find_bundle

WORDS = st.lists(
    st.one_of(
        st.sampled_from(["the", "tower", "x", "42", "a.b", "é", "東京", "🤗", "  ", "\n", "don't", "und-so"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    ),
    max_size=80,
).map(" ".join)


def unigram() -> Tokenizer:
    letters = sorted(set("▁thetowerx42a.bundso-d'"))
    tokenizer = Tokenizer(models.Unigram([("<unk>", 0.0), *((letter, -1.0) for letter in letters)], 0, False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def packaged() -> Tokenizer:
    tokenizer = find_bundle(PACKAGED).tokenizer()
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


TOKENIZERS = {"wordpiece": packaged(), "bytes": byte_tokenizer(), "unigram": unigram()}


@pytest.mark.parametrize("name", TOKENIZERS)
def test_these_tokenizers_are_local(name: str) -> None:
    assert is_local(TOKENIZERS[name])


@settings(max_examples=150)
@given(st.sampled_from(sorted(TOKENIZERS)), WORDS, st.integers(1, 40))
def test_pieces_give_the_tokens_of_the_whole(name: str, text: str, length: int) -> None:
    tokenizer = TOKENIZERS[name]
    whole = tokenizer.encode(text, add_special_tokens=False)
    parts = list(pieces(text, length))
    assert "".join(piece for _, piece in parts) == text
    ids, offsets = [], []
    for begin, piece in parts:
        encoding = tokenizer.encode(piece, add_special_tokens=False)
        ids += encoding.ids
        offsets += [(begin + start, begin + end) for start, end in encoding.offsets]
    assert (ids, offsets) == (whole.ids, whole.offsets)


def test_a_long_text_is_tokenised_exactly() -> None:
    text = "".join(f"Tower {i} 🤗 was built in {i}. " for i in range(20_000))
    assert len(text) > 4 * LONG
    tokenizer = packaged()
    tokens = TextTokenizer(tokenizer).tokenise_all([text])[0]
    whole = tokenizer.encode(text, add_special_tokens=False)
    assert tokens.ids.tolist() == whole.ids
    assert list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)) == whole.offsets


def test_tokenizers_that_look_across_words_are_found() -> None:
    across = byte_tokenizer()
    across.add_tokens([AddedToken("New York")])
    strips = byte_tokenizer()
    strips.normalizer = normalizers.Strip()
    prepends = byte_tokenizer()
    prepends.normalizer = normalizers.Prepend("x")
    assert not any(map(is_local, (across, strips, prepends)))
    text = "in New York " * 12_000
    assert TextTokenizer(across).ids_of(text).tolist() == across.encode(text, add_special_tokens=False).ids
