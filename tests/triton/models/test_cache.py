from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tritonqa.answers import Answers
from tritonqa.spans import Decoding
from tritonqa.text import Ask
from tritonqa.triton.models.cache import Cache

ASKS = st.builds(Ask.of, st.sampled_from(["Who?", "When?"]), st.sampled_from(["Ada.", "In 1843.", "x" * 30]))
OPTIONS = st.builds(Decoding, top_k=st.integers(1, 2))


@given(st.lists(st.tuples(ASKS, OPTIONS), max_size=40))
def test_an_ask_gets_its_own_answers_and_the_oldest_go(asks: list[tuple[Ask, Decoding]]) -> None:
    cache = Cache(60)
    order: list[tuple[Ask, Decoding]] = []
    for ask, options in asks:
        answers = Answers(f"{ask.question} {ask.passages} {options.top_k}", (), 0.0)
        found = cache.get(ask, options)
        assert (found is not None) == ((ask, options) in order)
        assert found in (None, answers)
        if found is None:
            cache.put(ask, options, answers)
        order = [one for one in order if one != (ask, options)] + [(ask, options)]
        while sum(len(one.question) + len(one.passages[0]) for one, _ in order) > 60:
            order.pop(0)
