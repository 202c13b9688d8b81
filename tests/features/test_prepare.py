from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa.features import Template, TextTokenizer, Windowing, prepare
from tritonqa.text import Ask

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200).filter(str.strip)


@settings(max_examples=200)
@given(TEXT, TEXT, st.integers(24, 64), st.integers(0, 6))
def test_windows_are_the_tokenizers_own(question: str, passage: str, length: int, stride: int) -> None:
    reference = byte_tokenizer()
    windowing = Windowing(max_length=length, stride=stride, max_question=8)
    tokenizer = byte_tokenizer()
    prepared = prepare(Ask.of(question, passage), TextTokenizer(tokenizer), Template.of(tokenizer), windowing)
    asked = reference.encode(question, add_special_tokens=False)
    asked.truncate(8)
    given_ids = reference.encode(passage, add_special_tokens=False)
    given_ids.truncate(length - 3 - len(asked.ids), stride)
    pieces = [given_ids, *given_ids.overflowing]
    expected = [[0, *asked.ids, 1, *piece.ids, 1] for piece in pieces]
    types = [[0] * (len(asked.ids) + 2) + [1] * (len(piece.ids) + 1) for piece in pieces]
    assert [window.ids.tolist() for window in prepared.windows] == expected
    assert [window.type_ids.tolist() for window in prepared.windows] == types
    assert all(len(window) == len(window.ids) for window in prepared.windows)


def test_a_text_is_tokenised_once() -> None:
    tokenizer = TextTokenizer(byte_tokenizer())
    first = tokenizer.tokenise_all(["one", "two", "one"])
    assert first[0] is first[2]
    assert tokenizer.tokenise_all(["two"])[0] is first[1]


def test_padding_of_the_tokenizer_is_no_part_of_the_template() -> None:
    tokenizer = byte_tokenizer()
    tokenizer.enable_padding(length=64)
    template = Template.of(tokenizer)
    assert (template.prefix.tolist(), template.middle.tolist(), template.suffix.tolist()) == ([0], [1], [1])
