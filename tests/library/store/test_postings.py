"""Segments of passages merged are the segment of all passages, however they were cut."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.library.store.sqlite.postings import index, merge

terms = st.lists(st.sampled_from("abcdefgh"), max_size=6)
cut = st.lists(st.tuples(terms, st.integers(0, 3), st.booleans()), max_size=40)


@given(cut)
def test_a_merge_is_what_one_segment_of_all_that_is_kept_would_be(
    passages: list[tuple[list[str], int, bool]],
) -> None:
    parts = [[(i, one[0]) for i, one in enumerate(passages) if one[1] == part] for part in range(4)]
    keep = np.array([i for i, one in enumerate(passages) if one[2]], np.int64)
    merged = merge([index(part) for part in parts], keep)
    whole = index([(i, one[0]) for i, one in enumerate(passages) if one[2]])
    assert merged.keys() == whole.keys()
    for name, array in whole.items():
        np.testing.assert_array_equal(merged[name], array, name)
        assert merged[name].dtype == array.dtype, name


@given(st.lists(terms, max_size=30), st.integers(0, 30))
def test_segments_that_follow_each_other_need_no_sorting(passages: list[list[str]], at: int) -> None:
    rows = list(enumerate(passages))
    merged = merge([index(rows[at:]), index(rows[:at])], np.arange(len(rows)))
    for name, array in index(rows).items():
        np.testing.assert_array_equal(merged[name], array, name)
