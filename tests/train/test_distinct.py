from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tritonqa.datasets import Example
from tritonqa.train.distinct import distinct


@given(st.lists(st.sampled_from(["1", "2", "1-2", "1-3", "1-2-2"])))
def test_no_two_have_one_id_and_all_else_stays(ids: list[str]) -> None:
    given_ = [Example(name, "", f"{number}?", "text", ()) for number, name in enumerate(ids)]
    found = distinct(given_)
    assert len({example.id for example in found}) == len(ids) and found == distinct(given_)
    assert [example.question for example in found] == [example.question for example in given_]
    first = {name: number for number, name in reversed(list(enumerate(ids)))}
    assert all(found[number].id == name for name, number in first.items())
