from __future__ import annotations

import gc
import weakref
from concurrent.futures import CancelledError, Future

import pytest

from tritonqa.futures import CancellableFuture, fail, gather, settle


def test_a_hook_is_called_once_when_the_future_is_cancelled() -> None:
    told: list[int] = []
    future: CancellableFuture[int] = CancellableFuture()
    future.on_cancel(lambda: told.append(1))
    assert not told
    assert future.cancel() and future.cancel()
    assert told == [1]


def test_a_hook_that_comes_after_the_cancelling_is_called_at_once() -> None:
    told: list[int] = []
    future: CancellableFuture[int] = CancellableFuture()
    future.cancel()
    future.on_cancel(lambda: told.append(1))
    assert told == [1]


def test_a_later_hook_takes_the_place_of_an_earlier() -> None:
    told: list[int] = []
    future: CancellableFuture[int] = CancellableFuture()
    for number in (1, 2):
        future.on_cancel(lambda number=number: told.append(number))  # type: ignore[misc]
    future.cancel()
    assert told == [2]


@pytest.mark.parametrize("fails", [False, True])
def test_a_future_that_is_done_is_freed_without_the_collector(fails: bool) -> None:
    gc.disable()
    try:
        future: CancellableFuture[int] = CancellableFuture()
        future.on_cancel(future.cancelled)  # leads back to the future
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


def futures() -> list[Future[int]]:
    return [Future() for _ in range(3)]


def test_results_come_together_in_order() -> None:
    parts = futures()
    whole = gather(parts)
    for place in (2, 0, 1):
        assert not whole.done()
        parts[place].set_result(place)
    assert whole.result(0) == [0, 1, 2]


def test_nothing_comes_together_at_once() -> None:
    assert gather([]).result(0) == []


@pytest.mark.parametrize("fails", [0, 2])
def test_the_first_that_fails_fails_all(fails: int) -> None:
    parts = futures()
    whole = gather(parts)
    parts[fails].set_exception(ValueError("no"))
    assert [part.cancelled() for part in parts] == [place != fails for place in range(3)]
    with pytest.raises(ValueError, match="no"):
        whole.result(0)


def test_one_that_is_cancelled_fails_all() -> None:
    parts = futures()
    whole = gather(parts)
    parts[1].cancel()
    assert all(part.cancelled() for part in parts)
    with pytest.raises(CancelledError):
        whole.result(0)


def test_cancelling_the_whole_cancels_all() -> None:
    parts = futures()
    whole = gather(parts)
    parts[0].set_result(0)
    assert whole.cancel()
    assert [part.cancelled() for part in parts] == [False, True, True]
    assert whole.cancelled()


@pytest.mark.parametrize("fails", [False, True])
def test_what_came_together_is_freed_without_the_collector(fails: bool) -> None:
    gc.disable()
    try:
        parts = futures()
        whole = gather(parts)
        if fails:
            parts[0].set_exception(ValueError("no"))
        else:
            for place in range(3):
                parts[place].set_result(1)
        gone = [weakref.ref(future) for future in (*parts, whole)]
        del parts, whole
        assert [ref() for ref in gone] == [None] * 4
    finally:
        gc.enable()


def test_a_future_gets_what_its_work_returns_or_raises() -> None:
    good, bad = CancellableFuture[float](), CancellableFuture[float]()
    settle(good, lambda: 1.0)
    settle(bad, lambda: 1 / 0)
    assert good.result(0) == 1.0
    assert isinstance(bad.exception(0), ZeroDivisionError)


def test_no_work_is_done_for_a_future_that_was_cancelled() -> None:
    done: list[int] = []
    futures = [CancellableFuture[None](), CancellableFuture[None]()]
    for future in futures:
        future.cancel()
    settle(futures[0], lambda: done.append(1))
    fail(futures[1], ValueError("late"))
    assert not done and all(future.cancelled() for future in futures)


def test_work_that_fails_leaves_nothing_for_the_collector() -> None:
    gc.disable()
    try:
        future: CancellableFuture[float] = CancellableFuture()
        settle(future, lambda: 1 / 0)
        gone = weakref.ref(future)
        del future
        assert gone() is None
    finally:
        gc.enable()


def test_a_hook_that_comes_after_the_result_is_not_kept() -> None:
    future: CancellableFuture[int] = CancellableFuture()
    future.set_result(1)
    future.on_cancel(lambda: pytest.fail("called"))
    assert not future.cancel() and future._hook is None
