from __future__ import annotations

import json
from datetime import date, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.library.metadata import day_of, metadata_of, name_of, read_record, record_of

VALUES = st.one_of(
    st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.dates(), st.datetimes()
)
GIVEN = st.dictionaries(st.one_of(st.text(), st.integers()), st.one_of(VALUES, st.lists(VALUES)))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("2024/05/31", "2024-05-31"),
        ("2024-05-31T10:00:00Z", "2024-05-31"),
        ("D:20240531103000+01'00'", "2024-05-31"),
        ("D:1997", "1997"),
        ("Mon, 20 Nov 1995 19:12:08 -0500", "1995-11-20"),
        ("2024-02-30", ""),
        ("2024-13", ""),
        ("0000", ""),
        ("12345", ""),
        ("May 2024", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_dates_are_read_as_documents_write_them(text: str, day: str) -> None:
    assert day_of(text) == day


@given(st.datetimes(timezones=st.builds(timezone, st.builds(timedelta, minutes=st.integers(-720, 840)))))
def test_a_day_is_the_same_however_it_is_written(moment: Any) -> None:
    day = moment.date().isoformat()
    written = (moment.isoformat(), f"D:{day.replace('-', '')}120000Z", day.replace("-", "/"))
    assert [day_of(text) for text in written] == [day] * 3
    if moment.year >= 1000:  # mail has years of four digits, and two of another century
        assert day_of(format_datetime(moment)) == day


@given(st.text())
def test_whatever_is_written_a_day_is_one_or_nothing(text: str) -> None:
    found = day_of(text)
    assert not found or date.fromisoformat(found + "-01-01"[len(found) - 4 :]).isoformat().startswith(found)


@given(GIVEN)
def test_whatever_is_said_is_kept_as_lines_and_comes_back(said: dict[Any, Any]) -> None:
    found = metadata_of(said)
    assert read_record(record_of(found)) == found
    json.dumps(dict(found)).encode("ascii")
    record_of(found).encode("utf-8")
    for name, values in found.items():
        assert name == name_of(name) and values and len(set(values)) == len(values)
        assert all(value == " ".join(value.split()) and 0 < len(value) <= 500 for value in values)
    assert metadata_of(found) == found


def test_names_that_mean_the_same_are_one_and_what_is_no_value_is_left_out() -> None:
    said = {
        "Tags": ["pump", "pump", " boiler\n2 "],
        "Keywords": "no",
        "draft": True,
        "parts": {"a": 1},
        "n": 3,
    }
    assert metadata_of(said) == {"keyword": ("pump", "boiler 2"), "draft": ("true",), "n": ("3",)}
    assert metadata_of({"date": "soon", "created": date(2024, 5, 31), "due": date(2025, 1, 2)}) == {
        "date": ("2024-05-31",),
        "due": ("2025-01-02",),
    }


def test_a_document_can_not_fill_a_library_with_what_it_says() -> None:
    found = metadata_of({f"n{i}": ["x" * 10_000 + str(j) for j in range(500)] for i in range(500)})
    assert len(record_of(found)) < 50 * 600
    many = metadata_of({"author": [f"a{i}" for i in range(500)]})
    assert len(many["author"]) == 100
