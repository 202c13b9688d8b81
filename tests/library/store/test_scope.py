from __future__ import annotations

from datetime import date, timedelta
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.errors import InputError
from tritonqa.library.metadata import Metadata
from tritonqa.library.store import Scope

PATH = PurePath("/desk/contracts/a.pdf")
SAID: Metadata = {
    "author": ("Ada Lovelace", "Charles Babbage"),
    "date": ("2024-05-31",),
    "keyword": ("Pump",),
}
DAYS = st.dates(date(1000, 1, 1), date(9998, 12, 31))


def within(scope: Scope, metadata: Metadata = SAID) -> bool:
    return scope.admits(PATH, "pdf", metadata)


@pytest.mark.parametrize(
    ("scope", "admitted"),
    [
        (Scope(), False),
        (Scope.of(), True),
        (Scope.of("*.txt"), False),
        (Scope.of(("*.txt", "contracts/*")), True),
        (Scope.of("contracts/**"), True),
        (Scope.of("desk/**"), True),
        (Scope.of("/desk/**"), True),
        (Scope.of("/desk/**/*.pdf"), True),
        (Scope.of("desk/**/contracts/*.pdf"), True),
        (Scope.of("**"), True),
        (Scope.of("/contracts/**"), False),
        (Scope.of("a.pdf/**"), False),
        (Scope.of("desk/**/*.txt"), False),
        (Scope.of("desk/**/plans/*"), False),
        (Scope.of(kinds="PDF"), True),
        (Scope.of(kinds="docx"), False),
        (Scope.of(where={"author": "ada*"}), True),
        (Scope.of(where={"Author": ["Grace*", "*BABBAGE"]}), True),
        (Scope.of(where={"author": "Ada"}), False),
        (Scope.of(where={"tags": "pump"}), True),
        (Scope.of(where={"author": "*", "keyword": "boiler"}), False),
        (Scope.of(where={"author": []}), False),
        (Scope.of(where={"client": "*"}), False),
        (Scope.of(since="2024-05-31", until="2024-05-31"), True),
        (Scope.of(since="2024", until=date(2024, 12, 31)), True),
        (Scope.of(since="2024-06"), False),
        (Scope.of(until="2023"), False),
    ],
)
def test_a_document_is_within_if_it_says_all_that_is_asked_for(scope: Scope, admitted: bool) -> None:
    assert within(scope) is admitted


@pytest.mark.parametrize(
    "scope", [Scope.of(since="1000"), Scope.of(until="9999"), Scope.of(where={"author": "*"})]
)
def test_a_document_that_says_nothing_is_out(scope: Scope) -> None:
    assert not within(scope, {}) and not scope.admits(PATH, "", {})


@given(DAYS, DAYS, st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_bounds_hold_all_days_that_a_date_may_mean(day: date, bound: date, long: int, wide: int) -> None:
    said: Metadata = {"date": (day.isoformat()[:long],)}
    asked = bound.isoformat()[:wide]
    assert within(Scope.of(since=asked), said) == (days(said["date"][0])[0] >= days(asked)[0])
    assert within(Scope.of(until=asked), said) == (days(said["date"][0])[1] <= days(asked)[1])


def days(text: str) -> tuple[date, date]:
    """Return the first and the last day that a date may mean."""
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    first = date(year, month or 1, day or 1)
    if day:
        return first, first
    following = date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
    return first, following - timedelta(days=1)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("documents", {"documents": ""}),
        ("kinds", {"kinds": ["pdf", ""]}),
        ("where.author", {"where": {"author": ""}}),
        ("since", {"since": "soon"}),
        ("until", {"until": "2024-02-31"}),
        ("until", {"until": 2024}),
        ("since", {"since": "2024-5-3"}),
        ("where", {"where": {"tags": "a", "keyword": "b"}}),
    ],
)
def test_what_is_no_scope_is_named(field: str, given: dict[str, object]) -> None:
    with pytest.raises(InputError, match=f"^{field} must be") as caught:
        Scope.of(**given)  # type: ignore[arg-type]
    assert caught.value.field == field
