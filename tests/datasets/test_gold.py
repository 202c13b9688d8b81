from __future__ import annotations

from typing import Any

import pytest

from tritonqa.datasets.gold import gold_of


@pytest.mark.parametrize(
    ("record", "texts", "starts"),
    [
        ({"answers": "Paris"}, ("Paris",), (-1,)),
        ({"answers": {"text": "Paris", "answer_start": [4]}}, ("Paris",), (4,)),
        ({"answers": {"text": "Paris", "answer_start": 4}}, ("Paris",), (4,)),
        ({"answers": {"text": ["Paris"]}}, ("Paris",), (-1,)),
        ({"answers": '["Paris"]'}, ("Paris",), (-1,)),
        ({"answers": "['Paris' 'the city']"}, ("Paris", "the city"), (-1, -1)),
        ({"answers": "['it\\'s', \"a 'b' 'c' d\"]"}, ("it's", "a 'b' 'c' d"), (-1, -1)),
        (
            {"answers": "{'text': array(['Paris', \"it's\"], dtype=object), 'answer_start': array([4, 9])}"},
            ("Paris", "it's"),
            (4, 9),
        ),
        ({"answers": "{'text': array([], dtype=object), 'answer_start': array([], dtype=int32)}"}, (), ()),
        ({"answer": "Paris", "answer_start": "4"}, ("Paris",), (4,)),
        ({"answers": [""]}, (), ()),
        ({"answers": [{"text": "", "answer_start": -1}]}, (), ()),
        ({"answers": {"text": [], "answer_start": []}}, (), ()),
        ({"answers": None}, (), ()),
        ({"answers": ["Paris"], "is_impossible": "false"}, ("Paris",), (-1,)),
        ({"answers": ["Paris"], "is_impossible": True}, ("Paris",), (-1,)),
        ({"answers": [], "is_impossible": False}, (), ()),
        ({"is_impossible": True}, (), ()),
    ],
)
def test_gold_is_read_as_meant(
    record: dict[str, Any], texts: tuple[str, ...], starts: tuple[int, ...]
) -> None:
    assert gold_of(record) == (texts, starts)
