from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tritonqa.datasets import Example
from tritonqa.errors import InputError
from tritonqa.train.split import split

examples = st.lists(
    st.builds(
        Example,
        st.just("q"),
        st.sampled_from("abcdefghijklmno"),
        st.just("?"),
        st.text(max_size=2),
        st.just(()),
    ),
    min_size=1,
)


@example([Example("q", "a", "?", "0", ()), *(Example("q", c, "?", "", ()) for c in "abcdefghij")], 0.5, 0)
@given(examples, st.floats(0.01, 0.99), st.integers(0, 9))
def test_no_passage_is_on_both_sides(items: list[Example], share: float, seed: int) -> None:
    if len({item.context for item in items}) < 2:
        return
    parts = split(items, share, seed)
    assert len(parts.learnt) + len(parts.held) == len(items) and parts.learnt and parts.held
    assert not {item.context for item in parts.learnt} & {item.context for item in parts.held}
    titles = {item.context: item.title for item in items}
    if len(set(titles.values())) >= 10 and all(titles[item.context] == item.title for item in items):
        assert not {item.title for item in parts.learnt} & {item.title for item in parts.held}
    assert split(items, share, seed) == parts


def test_rows_without_a_title_are_parted_by_passage_beside_those_that_have_one() -> None:
    titled = [Example(f"t{i}", f"title {i}", "?", f"passage {i}", ()) for i in range(20)]
    mine = [Example(f"m{i}", "", "?", f"mine {i}", ()) for i in range(40)]
    parts = split([*titled, *mine, Example("again", "", "?", "passage 3", ())], 0.5, 0)
    for side in (parts.learnt, parts.held):
        assert any(example.title for example in side) and not all(example.title for example in side)
    assert not {e.context for e in parts.learnt} & {e.context for e in parts.held}


def test_titles_that_share_a_passage_stay_together() -> None:
    items = [Example(f"{i}", f"title {i}", "?", f"passage {i}", ()) for i in range(30)]
    items += [Example(f"again {i}", f"title {i}", "?", f"passage {i - 1}", ()) for i in (3, 4, 12)]
    for seed in range(20):
        parts = split(items, 0.5, seed)
        assert not {e.context for e in parts.learnt} & {e.context for e in parts.held}
        assert not {e.title for e in parts.learnt} & {e.title for e in parts.held}


def test_one_passage_cannot_be_split() -> None:
    with pytest.raises(InputError, match="one passage only"):
        split([Example("q", "t", "?", "same", ())] * 5, 0.1, 0)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_the_share_must_leave_both_sides(share: float) -> None:
    with pytest.raises(InputError, match="held_out"):
        split([Example("q", "t", "?", c, ()) for c in "ab"], share, 0)
