"""Parts of windows that are learnt from."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.train.test_label import tokenizer
from tritonqa.datasets import Example
from tritonqa.features import Template, TextTokenizer, Windowing, prepare
from tritonqa.text import Ask
from tritonqa.train.crop import crop
from tritonqa.train.label import NULL, Labelled, label

TOKENIZER = tokenizer()
TOKENIZER.add_tokens(["who", "is", "it"])
TEMPLATE, TEXTS = Template.of(TOKENIZER), TextTokenizer(TOKENIZER)


def lesson(context: str, question: str = "who is it ?", *answers: tuple[str, int]) -> Labelled:
    example = Example("q", "", question, context, tuple(t for t, _ in answers), tuple(s for _, s in answers))
    windows = prepare(Ask.of(question, context), TEXTS, TEMPLATE, Windowing(128, 8, 16)).windows
    return label(example, windows)[0]


@given(st.integers(1, 90), st.integers(12, 60), st.integers(0, 9), st.data())
def test_a_right_span_stays_whole_and_at_its_words(
    words: int, length: int, seed: int, data: st.DataObject
) -> None:
    context = " ".join(f"w{i}" for i in range(words))
    first = data.draw(st.integers(0, words - 1))
    last = data.draw(st.integers(first, min(first + 5, words - 1)))
    start = len(" ".join(f"w{i}" for i in range(first))) + (first > 0)
    text = " ".join(f"w{i}" for i in range(first, last + 1))
    whole = lesson(context, "who is it ?", (text, start))
    part = crop(whole, length, np.random.default_rng(seed))
    assert len(part.window) == min(length, len(whole.window)) or part == whole
    tokens, shift = part.window.tokens, part.window.start - part.window.first
    for a, b in part.spans:
        assert context[tokens.starts[a + shift] : tokens.ends[b + shift]] == text
    assert part.window.ids.tolist()[:4] == whole.window.ids.tolist()[:4]


def test_of_what_has_no_answer_the_part_most_like_the_question_stays() -> None:
    context = " ".join(["filler"] * 60 + ["who", "is", "it"] + ["filler"] * 20)
    for seed in range(5):
        part = crop(lesson(context), 24, np.random.default_rng(seed))
        assert part.spans == (NULL,) and len(part.window) == 24
        window = part.window
        assert window.start <= 60 and 63 <= window.stop


def test_an_answer_longer_than_the_part_keeps_the_window_whole() -> None:
    context = " ".join(f"w{i}" for i in range(60))
    whole = lesson(context, "who is it ?", (context, 0))
    assert crop(whole, 24, np.random.default_rng(0)) is whole
