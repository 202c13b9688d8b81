from __future__ import annotations

from typing import cast

import pytest

from tritonqa.library.answer.judge import Candidate
from tritonqa.library.answer.merge import merge
from tritonqa.library.retrieve import Retrieved
from tritonqa.library.store import Stored


def candidate(text: str, digest: str, start: int = 0) -> Candidate:
    passage = Stored(1, text, 0, len(text), (), digest, "", "text", (), ())
    return Candidate(text, start, start + len(text), 0.5, 0, cast("Retrieved", None), passage)


def groups(*texts: str) -> list[list[str]]:
    found = merge([candidate(text, str(number)) for number, text in enumerate(texts)])
    return [[one.text for one in group] for group in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The pump", "pump."),
        ("\u201cPump\u201d", "a pump"),
        ("24  months", "24 MONTHS,"),
        ("Acme Inc", "Acme Inc."),
    ],
)
def test_what_says_the_same_is_one(one: str, other: str) -> None:
    assert groups(one, other) == [[one, other]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("15 %", "1.5 %"),
        ("$15", "15"),
        ("5", "-5"),
        ("10-15", "1015"),
        ("C", "C++"),
        ("C", "C#"),
        ("a", "the"),
    ],
)
def test_what_says_something_else_is_not(one: str, other: str) -> None:
    assert groups(one, other) == [[one], [other]]


def test_places_that_overlap_are_one_and_marks_alone_none() -> None:
    found = merge([candidate("the pump", "d"), candidate("pump", "d", 4), candidate("...", "e")])
    assert [[one.text for one in group] for group in found] == [["the pump"]]
