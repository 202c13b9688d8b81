from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.byte_tokenizer import byte_tokenizer
from tests.support.wait import eventually
from tritonqa import Answers, AsyncReader, Reader
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.errors import InputError, Unavailable
from tritonqa.reader.in_process import InProcess

GOOD = ("blue", "red blue green")


def collect(reader: Reader, asks: Iterator[object]) -> tuple[int, Exception | None]:
    """Count the answers that came before the error, if there was one."""
    count = 0
    try:
        for answers in reader.ask_many(asks, no_answer_threshold=1.0):  # type: ignore[arg-type]
            assert answers[0].text
            count += 1
    except Exception as error:  # noqa: BLE001 - what was raised is the result
        return count, error
    return count, None


def collect_async(reader: Reader, asks: Iterator[object], wrap: bool) -> tuple[int, Exception | None]:
    async def rows() -> AsyncIterator[object]:
        for ask in asks:
            await asyncio.sleep(0)
            yield ask

    async def run() -> tuple[int, Exception | None]:
        count = 0
        try:
            stream = rows() if wrap else asks
            async for answers in AsyncReader(reader.backend).ask_many(stream, no_answer_threshold=1.0):  # type: ignore[arg-type]
                assert answers[0].text
                count += 1
        except Exception as error:  # noqa: BLE001 - what was raised is the result
            return count, error
        return count, None

    return asyncio.run(run())


@pytest.mark.parametrize("face", ["sync", "async", "async iterable"])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (("", "x"), "question is empty"),
        (("q", ["x", None]), r"passages\[1\] must be text"),
        (("q",), "must be a pair"),
        (7, "must be a pair"),
        (ZeroDivisionError("the source"), "the source"),
        (None, None),
    ],
)
def test_an_error_comes_at_its_place(toy: Reader, face: str, bad: object, message: str | None) -> None:
    read = 0

    def asks() -> Iterator[object]:
        nonlocal read
        for i in range(1000):
            read += 1
            if i == 30 and isinstance(bad, Exception):
                raise bad
            yield bad if i == 30 and bad is not None else GOOD

    found = collect(toy, asks()) if face == "sync" else collect_async(toy, asks(), face != "async")
    if message is None:
        assert found == (1000, None)
        return
    count, error = found
    assert count == 30 and read == 31
    with pytest.raises(type(bad) if isinstance(bad, Exception) else InputError, match=message):
        raise error or AssertionError("no error")


def test_options_are_checked_before_the_first_ask(toy: Reader) -> None:
    with pytest.raises(InputError, match="top_k"):
        toy.ask_many([], top_k=0)
    with pytest.raises(InputError, match="top_k"):
        AsyncReader(toy.backend).ask_many([], top_k=0)
    with pytest.raises(InputError, match="'topk' is unknown; the options of an ask are top_k"):
        toy.ask(*GOOD, topk=3)  # type: ignore[call-arg]


def test_leaving_a_stream_cancels_what_was_started(toy: Reader) -> None:
    assert isinstance(toy.backend, InProcess)
    stream = toy.ask_many([("blue", "red blue " * 20_000)] * 10)
    next(stream)
    stream.close()
    assert toy.backend.flow.waiting == 0


def test_a_cancelled_task_cancels_its_ask() -> None:
    async def run() -> int:
        async with AsyncReader(backend := InProcess(byte_tokenizer(), ToyEngine())) as reader:
            task = asyncio.create_task(reader.ask("blue", "red blue " * 200_000))
            await asyncio.to_thread(eventually, lambda: backend.flow.waiting)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            small: Answers = await reader.ask(*GOOD, no_answer_threshold=1.0)
            assert small[0].text
            return backend.flow.waiting

    assert asyncio.run(run()) == 0


def test_a_closed_reader_says_so(toy: Reader) -> None:
    toy.close()
    with pytest.raises(Unavailable, match="load it again"):
        toy.ask(*GOOD)


def test_steps_of_a_long_ask(toy: Reader) -> None:
    steps: list[tuple[int, int]] = []
    toy.ask("blue", "red blue " * 1000, step=lambda *at: steps.append(at))
    assert len(steps) > 20 and (len(steps), len(steps)) in steps
