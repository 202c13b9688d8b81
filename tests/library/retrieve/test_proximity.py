from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tritonqa.library.passages.analyse import analyse, query_terms
from tritonqa.library.retrieve.proximity import Proximity

WORDS = st.lists(st.sampled_from(["lake", "boat", "train", "garden", "the", "river", "河岸の"]), max_size=25)


def of(question: str, text: str) -> float:
    return Proximity(query_terms(question)).of(text)


@given(WORDS, WORDS)
def test_each_pair_counts_by_its_nearest_places(question: list[str], words: list[str]) -> None:
    asked, text = " ".join(question), " ".join(words)
    terms, pairs = analyse(text), list(pairwise(query_terms(asked)))
    worth = [
        max(
            [
                1.0 if 0 < j - i <= 3 else 1 / 3 if abs(j - i) <= 8 else 0.0
                for i, one in enumerate(terms)
                for j, other in enumerate(terms)
                if (one, other) == pair
            ],
            default=0.0,
        )
        for pair in pairs
    ]
    assert abs(of(asked, text) - sum(worth) / max(1, len(pairs))) < 1e-9


def test_in_order_near_and_apart() -> None:
    question = "When was the steam engine patented?"  # steam, engine, patented
    assert of(question, "Watt patented it: steam moved an engine.") == (1 + 1 / 3) / 2
    assert of(question, "The steam engine was patented.") == 1.0
    assert of(question, "Engines. " + "Nothing of it here. " * 9 + "Steam.") == 0.0
    assert of("Steam?", "Steam.") == 0.0
