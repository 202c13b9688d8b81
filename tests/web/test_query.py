from __future__ import annotations

import pytest
from starlette.requests import Request

from tritonqa.errors import InputError
from tritonqa.web.query import query_number


@pytest.mark.parametrize(("query", "number"), [("", 7), ("n=0", 0), ("n=012", 12), ("m=1", 7)])
def test_a_number_of_the_address(query: str, number: int) -> None:
    assert query_number(request(query), "n", 7) == number


@pytest.mark.parametrize("given", ["", "-1", "1.5", "two", "٣", "1" * 5000])
def test_anything_else_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="n must be a whole number of at least 0, not") as refused:
        query_number(request(f"n={given}"), "n", 7)
    assert refused.value.field == "n" and len(str(refused.value)) < 150


def request(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})
