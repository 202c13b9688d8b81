from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

from tritonqa.datasets import Example
from tritonqa.errors import InputError
from tritonqa.features import Template, TextTokenizer, Windowing, prepare
from tritonqa.text import Ask
from tritonqa.train.label import NULL, label

WINDOWING = Windowing(max_length=24, stride=4, max_question=8)


def tokenizer() -> Tokenizer:
    made = Tokenizer(WordLevel({"[CLS]": 0, "[SEP]": 1, "[UNK]": 2}, unk_token="[UNK]"))
    made.pre_tokenizer = BertPreTokenizer()
    made.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 0), ("[SEP]", 1)],
    )
    return made


TEMPLATE, TEXTS = Template.of(tokenizer()), TextTokenizer(tokenizer())


def labelled(context: str, *answers: tuple[str, int]):  # type: ignore[no-untyped-def]  # noqa: ANN201
    texts, starts = zip(*answers, strict=True) if answers else ((), ())
    example = Example("q", "", "who?", context, tuple(texts), tuple(starts))
    windows = prepare(Ask.of(example.question, context), TEXTS, TEMPLATE, WINDOWING).windows
    return label(example, windows)


@given(
    st.lists(st.sampled_from(["ab", "東京", "👍🏽", "e\u0301", "x.", "12"]), min_size=1, max_size=60),
    st.data(),
)
def test_the_labelled_tokens_hold_the_answer(words: list[str], data: st.DataObject) -> None:
    context = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, min(first + 3, len(words) - 1)))
    start = len(" ".join(words[:first])) + (first > 0)
    text = " ".join(words[first : last + 1])
    found = labelled(context, (text, start))
    for lesson in found:
        for span in lesson.spans:
            if span == NULL:
                continue
            window = lesson.window
            tokens = window.tokens
            at = [place - window.first + window.start for place in span]
            assert context[tokens.starts[at[0]] : tokens.ends[at[1]]] == text
    assert any(lesson.spans != (NULL,) for lesson in found)


def test_a_window_without_the_answer_is_null() -> None:
    context = " ".join(f"w{i}" for i in range(60))
    found = labelled(context, ("w0 w1", 0))
    assert len(found) > 2 and [lesson.spans == (NULL,) for lesson in found] == [False] + [True] * (
        len(found) - 1
    )


def test_every_distinct_answer_is_right() -> None:
    (lesson,) = labelled("a b c a", ("a", 0), ("a", 6), ("a", 0), ("a b", 0))
    first = lesson.window.first
    assert lesson.spans == ((first, first), (first, first + 1), (first + 3, first + 3))


def test_without_answers_all_is_null() -> None:
    assert [lesson.spans for lesson in labelled("a b c")] == [(NULL,)]


def test_an_unstated_place_is_the_first() -> None:
    (lesson,) = labelled("a b b", ("b", -1))
    assert lesson.spans == ((lesson.window.first + 1,) * 2,)


@pytest.mark.parametrize(("text", "start"), [("z", -1), ("b", 0), ("", 1), (" ", 1)])
def test_an_answer_that_is_not_there_is_named(text: str, start: int) -> None:
    with pytest.raises(InputError, match="answers of question q"):
        labelled("a b", (text, start))
