from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.minilm.experiments.swapped import swap, swapped
from tritonqa.datasets import Example

EXAMPLE = Example(
    "1",
    "Lighthouses",
    "When did the engineer Ada Stone light the tower?",
    "In 1811 the engineer Ada Stone lit the tower, and in 1850 her pupil Bram Vale lit another.",
    ("1811",),
    (3,),
)


def test_a_name_of_the_passage_takes_the_place_of_the_questions_own() -> None:
    other = swap(EXAMPLE, np.random.default_rng(0))
    assert other is not None and not other.answers
    assert other.question == "When did the engineer Bram Vale light the tower?"
    assert other.context == EXAMPLE.context and other.id != EXAMPLE.id


def test_what_names_nothing_else_stays_out() -> None:
    bare = replace(EXAMPLE, question="When was the tower lit?")
    unanswered = replace(EXAMPLE, answers=(), starts=())
    assert list(swapped([bare, unanswered], 1.0, np.random.default_rng(0))) == []


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.5, 30, 70), (1.0, 100, 100)])
def test_a_share_is_swapped(share: float, least: int, most: int) -> None:
    found = list(swapped([EXAMPLE] * 100, share, np.random.default_rng(0)))
    assert least <= len(found) <= most
