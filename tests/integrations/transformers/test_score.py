from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa.arrays import FloatArray
from tritonqa.errors import EngineError
from tritonqa.features import Template, TextTokenizer, Window, Windowing, prepare
from tritonqa.integrations.transformers.score import score
from tritonqa.text import Ask

LOGIT = st.floats(-60, 60, width=32)


def window_of(passage: str) -> Window:
    tokenizer = byte_tokenizer()
    ask = Ask.of("q", passage)
    return prepare(ask, TextTokenizer(tokenizer), Template.of(tokenizer), Windowing()).windows[0]


def defined(window: Window, logits: FloatArray, width: int) -> dict[tuple[int, int], float]:
    """Say the definition once more, span by span: a softmax each over null and passage, multiplied."""
    allowed = [0, *range(window.first, window.first + window.stop - window.start)]
    start, end = (np.exp(row[allowed].astype(np.float64)) for row in logits)
    start, end = start / start.sum(), end / end.sum()
    length = len(allowed) - 1
    return {
        (i, j): start[i + 1] * end[j + 1] for i in range(length) for j in range(i, min(i + width, length))
    }


@given(st.integers(1, 12), st.data(), st.integers(1, 14), st.integers(1, 40))
def test_the_likeliest_spans_by_the_definition(
    length: int, data: st.DataObject, width: int, count: int
) -> None:
    window = window_of("x" * length)
    row = st.lists(LOGIT, min_size=len(window), max_size=len(window))
    logits = np.array([data.draw(row), data.draw(row)], np.float32)
    wanted = defined(window, logits, width)
    scored = score(window, logits, width, count)
    assert len(scored.spans) == min(count, len(wanted))
    assert scored.complete == (count >= length * min(width, length))
    chances = [chance for *_, chance in scored.spans]
    assert chances == sorted(chances, reverse=True)
    assert np.allclose(chances, sorted(wanted.values(), reverse=True)[: len(chances)], rtol=1e-9, atol=0)
    for first, last, chance in scored.spans:
        assert chance == pytest.approx(wanted[first, last], rel=1e-9, abs=0)


def test_null_is_the_first_token() -> None:
    window = window_of("ab")
    logits = np.full((2, len(window)), 7.0, np.float32)  # the question's and other tokens don't count
    logits[:, window.first : window.first + 2] = 0.0
    logits[:, 0] = np.log(2)
    assert score(window, logits, 15, 12).null == pytest.approx(0.25)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_logits_that_are_not_finite(value: float) -> None:
    window = window_of("ab")
    with pytest.raises(EngineError, match="not finite"):
        score(window, np.full((2, len(window)), value, np.float32), 15, 12)
