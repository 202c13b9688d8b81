"""A reader that nobody holds any more is let go of: its threads end, its engine is closed."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from tests.support.byte_tokenizer import byte_tokenizer
from tests.support.wait import eventually
from tritonqa import Answers, AsyncReader, Decoding, Reader, pipeline
from tritonqa.engine.backends.toy import ToyEngine
from tritonqa.reader.in_process import InProcess
from tritonqa.text import Ask

ASK = ("Who wrote it?", "Ada Lovelace wrote it.")


def streams() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("tritonqa-")}


def asked(reader: Reader) -> None:
    reader.ask(*ASK)
    list(reader.ask_many([ASK] * 3))


OPENED: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    "reader": (lambda: Reader.load(engine="toy"), asked),
    "reader, packaged": (Reader, asked),
    "not asked": (lambda: Reader.load(engine="toy"), lambda reader: None),
    "async": (lambda: AsyncReader.load(engine="toy"), lambda reader: reader.ask_many([ASK])),
    "pipeline": (lambda: pipeline(engine="toy"), lambda answer: answer(*ASK)),
    "stream left": (lambda: Reader.load(engine="toy"), lambda reader: next(reader.ask_many([ASK] * 9))),
}


@pytest.mark.parametrize("kind", OPENED)
def test_a_name_that_is_bound_again_frees_what_it_named(kind: str) -> None:
    opened, use = OPENED[kind]
    before, live = streams(), weakref.WeakSet[Any]()
    reader = None
    for _ in range(4):
        reader = opened()
        use(reader)
        live.add(reader)
    own = _threads_of_one(reader)
    eventually(lambda: len(streams() - before) <= own)
    assert len(live) == 1
    del reader
    eventually(lambda: not streams() - before)
    assert not live


def test_the_engine_is_closed_with_it() -> None:
    class Closing(ToyEngine):
        closed = 0

        def close(self) -> None:
            Closing.closed += 1

    reader: Reader | None = Reader(InProcess(byte_tokenizer(), Closing()))
    assert reader is not None
    reader.close()
    assert Closing.closed == 1
    reader = Reader(InProcess(byte_tokenizer(), Closing()))
    del reader
    eventually(lambda: Closing.closed == 2)


def test_an_ask_under_way_is_answered_all_the_same() -> None:
    backend: InProcess | None = InProcess(byte_tokenizer(), ToyEngine())
    assert backend is not None
    flow = backend.flow
    future: Future[Answers] = backend.start(Ask.of("blue", "red blue " * 2000), Decoding())
    del backend
    assert future.result(60).question == "blue"
    del future
    eventually(lambda: not any(thread.is_alive() for thread in flow._threads))


def test_a_backend_lives_while_another_reader_has_it(toy: Reader) -> None:
    other = AsyncReader(Reader(toy.backend).backend)
    assert toy.ask("blue", "red blue").question == "blue"
    assert other.backend is toy.backend


def _threads_of_one(reader: Any) -> int:
    backend = reader._backend if hasattr(reader, "_backend") else reader.backend
    return len(backend.flow._threads) + 4  # an AsyncReader's starting threads
