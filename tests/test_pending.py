from __future__ import annotations

import gc
import weakref

import pytest

from tritonqa.pending import Pending


def test_a_hook_is_called_once_when_the_future_is_cancelled() -> None:
    told: list[int] = []
    future: Pending[int] = Pending()
    future.when_cancelled(lambda: told.append(1))
    assert not told
    assert future.cancel() and future.cancel()
    assert told == [1]


def test_a_hook_that_comes_after_the_cancelling_is_called_at_once() -> None:
    told: list[int] = []
    future: Pending[int] = Pending()
    future.cancel()
    future.when_cancelled(lambda: told.append(1))
    assert told == [1]


def test_a_later_hook_takes_the_place_of_an_earlier() -> None:
    told: list[int] = []
    future: Pending[int] = Pending()
    for number in (1, 2):
        future.when_cancelled(lambda number=number: told.append(number))  # type: ignore[misc]
    future.cancel()
    assert told == [2]


@pytest.mark.parametrize("fails", [False, True])
def test_a_future_that_is_done_is_freed_without_the_collector(fails: bool) -> None:
    gc.disable()
    try:
        future: Pending[int] = Pending()
        future.when_cancelled(future.cancelled)  # leads back to the future
        if fails:
            future.set_exception(ValueError("no"))
        else:
            future.set_result(1)
        assert not future.cancel()
        gone = weakref.ref(future)
        del future
        assert gone() is None
    finally:
        gc.enable()
