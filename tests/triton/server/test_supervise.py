from __future__ import annotations

from tritonqa.triton.server.supervise import Backoff


def test_pauses_grow_while_it_dies_often() -> None:
    backoff = Backoff()
    assert [backoff.after(now) for now in (0, 1, 3, 7, 15, 31, 55)] == [0, 1, 2, 4, 8, 16, 30]


def test_one_that_lived_long_is_started_again_at_once() -> None:
    backoff = Backoff()
    assert [backoff.after(now) for now in (0, 1, 100)] == [0, 1, 0]
