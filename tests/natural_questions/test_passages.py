from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.datasets.natural_questions import Page, PageSpan, parse
from tritonqa.natural_questions.passages import MARKUPS, passages

WORDS = st.text(st.characters(exclude_characters=" ", exclude_categories=["Cs"]), min_size=1, max_size=6)
TOKENS = st.one_of(
    WORDS, st.sampled_from(["``", "''", "<P>", "</P>", "<Tr>", '<Th_colspan="2">', "🙂", "é", ""])
)


def page(tokens: list[str], *candidates: tuple[int, int, bool]) -> Page:
    spans = [{"start_token": a, "end_token": b, "top_level": top} for a, b, top in candidates]
    text = " ".join(tokens)
    record: dict[str, Any] = {"example_id": 1, "question_text": "q", "document_text": text}
    return parse({**record, "long_answer_candidates": spans})


@given(st.lists(TOKENS, min_size=1, max_size=30), st.sampled_from(MARKUPS))
def test_characters_of_words_lead_back_to_their_tokens(tokens: list[str], markup: str) -> None:
    found = passages(page(tokens, (0, len(tokens), True)), markup)
    words = [i for i, token in enumerate(tokens) if token.strip() and not _tag(token)]
    assert bool(words) == bool(found)
    for passage in found:
        assert passage.tokens.tolist() == words
        for first in range(len(words)):
            for last in range(first, len(words)):
                span = PageSpan(words[first], words[last] + 1)
                place = passage.characters(span)
                assert place is not None
                assert passage.page_tokens(*place) == (span.start_token, span.end_token)
                assert passage.page_tokens(place[0], place[0] + 1) == (words[first], words[first] + 1)
        assert passage.characters(PageSpan(len(tokens), len(tokens) + 1)) is None


def _tag(token: str) -> bool:
    return page([token]).html[0]


def test_only_top_level_candidates_with_a_word_are_read_each_with_its_kind_and_number() -> None:
    tokens = "<P> a </P> <P> </P> <Table> <Tr> b </Tr> </Table> <P> c </P> <Ul> d </Ul> e".split()
    candidates = [(0, 3, True), (3, 5, True), (5, 10, True), (6, 9, False), (10, 13, True), (13, 16, True)]
    whole = page(tokens, *candidates, (16, 17, True))
    assert [passage.text for passage in passages(whole, "drop")] == ["a", "b", "c", "d", "e"]
    tagged = ["[Paragraph=1] a", "[Table=1] b", "[Paragraph=3] c", "[List=1] d", "[Part=1] e"]
    assert [passage.text for passage in passages(whole, "tag")] == tagged


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_page_may_have_no_candidate(markup: str) -> None:
    assert passages(page(["a", "b"]), markup) == []
