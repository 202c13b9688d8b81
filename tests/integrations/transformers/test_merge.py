from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.byte_tokenizer import byte_tokenizer
from tritonqa.arrays import FloatArray
from tritonqa.features import Prepared, Template, TextTokenizer, Windowing, prepare
from tritonqa.integrations.transformers import Options
from tritonqa.integrations.transformers.merge import result
from tritonqa.text import Ask

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
SEED = st.integers(0, 2**32 - 1)


def prepared_of(context: str, windowing: Windowing | None = None) -> Prepared:
    tokenizer = byte_tokenizer()
    ask = Ask("q", (context,))
    return prepare(ask, TextTokenizer(tokenizer), Template.of(tokenizer), windowing or Windowing())


def peaks(prepared: Prepared, *places: tuple[int, int, float]) -> list[FloatArray]:
    """Give every window logits of 0, but at each (first, last, height) of passage tokens."""
    logits = []
    for window in prepared.windows:
        both = np.zeros((2, len(window)), np.float32)
        for first, last, height in places:
            if window.start <= first and last < window.stop:
                both[0, window.first + first - window.start] = height
                both[1, window.first + last - window.start] = height
        logits.append(both)
    return logits


def noise(prepared: Prepared, seed: int) -> list[FloatArray]:
    random = np.random.default_rng(seed)
    return [random.normal(0, 4, (2, len(window))).astype(np.float32) for window in prepared.windows]


def several(found: Any) -> list[dict[str, Any]]:
    return found if isinstance(found, list) else [found]


def test_a_repeated_text_has_its_likeliest_place() -> None:
    context = "Ada met Bob. ADA wrote it."
    prepared = prepared_of(context)
    found = several(result(Options(), prepared, peaks(prepared, (0, 2, 5.0), (13, 15, 8.0))))
    assert found[0]["answer"] == "ADA" and found[0]["start"] == 13
    alone = several(result(Options(), prepared, peaks(prepared, (13, 15, 8.0))))
    assert len(found) == 1 and 0 < found[0]["score"] <= 1 and len(alone) == 1


def test_scores_of_several_windows_stop_at_one_but_rank_by_their_sum() -> None:
    prepared = prepared_of("abcdefgh " * 3, Windowing(24, 16, 1))
    assert sum(w.start <= 9 and w.stop > 16 for w in prepared.windows) > 1
    found = several(result(Options(), prepared, peaks(prepared, (9, 16, 20.0))))
    assert found[0]["answer"] == "abcdefgh" and found[0]["score"] == 1.0


def test_no_answer_is_the_least_null_and_competes() -> None:
    prepared = prepared_of("abcdefgh " * 3, Windowing(24, 4, 1))
    logits = peaks(prepared)
    for i, both in enumerate(logits):
        both[:, 0] = 9.0 + i
    found = several(result(Options(handle_impossible_answer=True, top_k=2), prepared, logits))
    tokens = prepared.windows[0].stop - prepared.windows[0].start
    least = (np.exp(9.0) / (np.exp(9.0) + tokens)) ** 2
    assert found[0] == {"score": pytest.approx(least), "start": 0, "end": 0, "answer": ""}
    assert found[1]["answer"]


@pytest.mark.parametrize(("impossible", "score"), [(False, 0.0), (True, 1.0)])
def test_a_blank_context_answers_nothing(impossible: bool, score: float) -> None:
    options = Options(handle_impossible_answer=impossible)
    empty = {"score": score, "start": 0, "end": 0, "answer": ""}
    assert result(options, prepared_of(""), []) == empty
    prepared = prepared_of(" \n")
    found = result(options, prepared, peaks(prepared))
    assert isinstance(found, dict) and found["answer"] == "" and found["end"] == 0


def test_no_answer_is_longer_than_asked_or_stands_behind_its_end() -> None:
    prepared = prepared_of("40 rooms")
    options = Options(top_k=100, max_answer_len=2, align_to_words=False)
    found = several(result(options, prepared, peaks(prepared, (0, 1, 9.0))))
    assert found[0]["answer"] == "40"
    assert all(0 < answer["end"] - answer["start"] <= 2 and answer["score"] > 0 for answer in found)


def spans(context: str, longest: int) -> Iterator[str]:
    """Give every text of at most so many bytes, made of whole characters, that isn't blank."""
    for start in range(len(context)):
        for end in range(start + 1, len(context) + 1):
            if len(context[start:end].encode()) <= longest and context[start:end].strip():
                yield context[start:end].strip().lower()


@settings(max_examples=60)
@given(st.text("abC d", min_size=1, max_size=12), st.integers(1, 60), st.integers(1, 6), SEED)
def test_as_many_answers_as_asked_where_they_exist(context: str, top_k: int, longest: int, seed: int) -> None:
    prepared = prepared_of(context)
    options = Options(top_k=top_k, max_answer_len=longest, align_to_words=False)
    found = several(result(options, prepared, noise(prepared, seed)))
    exist = set(spans(context, longest))
    texts = [answer["answer"].lower() for answer in found]
    assert len(found) == (min(top_k, len(exist)) or 1)
    assert len(set(texts)) == len(texts) and set(texts) <= exist | {""}


@settings(max_examples=100)
@given(TEXT, st.integers(1, 8), st.booleans(), st.booleans(), SEED)
def test_offset_law_on_any_text(context: str, top_k: int, align: bool, impossible: bool, seed: int) -> None:
    prepared = prepared_of(context, Windowing(32, 8, 4))
    options = Options(top_k=top_k, align_to_words=align, handle_impossible_answer=impossible)
    found = several(result(options, prepared, noise(prepared, seed)))
    assert 1 <= len(found) <= top_k
    for answer in found:
        assert context[answer["start"] : answer["end"]] == answer["answer"] == answer["answer"].strip()
        assert 0 <= answer["score"] <= 1
    scores = [answer["score"] for answer in found]
    assert scores == sorted(scores, reverse=True)
