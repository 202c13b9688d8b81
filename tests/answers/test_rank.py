from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tritonqa.answers.rank import _claim


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)), max_size=30))
def test_characters_are_claimed_once(pieces: list[tuple[int, int]]) -> None:
    taken: list[tuple[int, int]] = []
    free = set(range(40))
    for start, length in pieces:
        wanted = set(range(start, start + length))
        assert _claim(taken, start, start + length) is (wanted <= free)
        if wanted <= free:
            free -= wanted
    assert taken == sorted(taken)
