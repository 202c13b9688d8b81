from __future__ import annotations

import pytest

from tritonqa.bench.cost import Cost


@pytest.mark.parametrize(
    ("before", "after", "server"),
    [
        (Cost(1.0, 2.0), Cost(1.5, 5.0), 3.0),
        (Cost(1.0, 9.0), Cost(1.5, 4.0), None),
        (Cost(1.0, 9.0), Cost(1.5, None), None),
    ],
    ids=["lives", "lost a process", "is gone"],
)
def test_what_a_server_spent_is_not_known_once_it_lost_a_process(
    before: Cost, after: Cost, server: float | None
) -> None:
    assert after.since(before) == Cost(0.5, server)
