from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.train.noise import careless, slip


@given(st.text(), st.integers(0, 1000))
def test_a_slip_changes_one_letter_at_most(text: str, seed: int) -> None:
    found = slip(text, np.random.default_rng(seed))
    assert abs(len(found) - len(text)) <= 1
    same = next((i for i, (a, b) in enumerate(zip(text, found, strict=False)) if a != b), len(text))
    assert found[len(found) - max(0, len(text) - same - 2) :] == text[same + 2 :]


@given(st.text(min_size=1), st.integers(0, 1000))
def test_something_is_still_asked(text: str, seed: int) -> None:
    assert careless(text, np.random.default_rng(seed)) or not text.strip()


def test_all_kinds_of_carelessness_come() -> None:
    found = {careless("Which Tower is that?", np.random.default_rng(seed)) for seed in range(200)}
    assert {"which tower is that?", "Which Tower is that", "which tower is that"} <= found
    assert len(found) > 20


def test_short_words_are_spared() -> None:
    assert slip("Who is it?", np.random.default_rng(0)) == "Who is it?"
