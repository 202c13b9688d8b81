from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.support.wait import eventually
from tritonqa import Library
from tritonqa.errors import Busy, Unavailable
from tritonqa.library.index import Report
from tritonqa.web.indexing import Indexer, State


def test_it_ends_after_the_file_under_way(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number:02}.txt").write_text(f"Note {number}.", encoding="utf-8")
    with Library(tmp_path / "x.library") as library:
        indexer, reached, closing = Indexer(library), threading.Event(), threading.Event()
        indexer.open()
        told = indexer._tell

        def tell(state: object) -> None:
            told(state)  # type: ignore[arg-type]
            if getattr(state, "done", 0) == 3:
                reached.set()
                closing.wait()

        indexer._tell = tell  # type: ignore[method-assign]
        added = indexer.add([tmp_path])
        reached.wait()
        ended = threading.Thread(target=indexer.close)
        ended.start()
        eventually(lambda: indexer._ends)
        closing.set()
        ended.join()
        with pytest.raises(Unavailable, match="index it again"):
            added.result()
        assert 3 <= len(library.files()) <= 4


def test_a_file_that_comes_waits_for_no_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("The first has 40 rooms.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("The second has 50.", encoding="utf-8")
    with Library(tmp_path / "x.library") as library:
        indexer, begun, stopped = Indexer(library), SimpleQueue[None](), threading.Event()
        indexer.open()

        def embed(step: Callable[[int, int], None]) -> int:
            begun.put(None)
            while not stopped.wait(0.01):
                step(1, 1000)
            return 0

        monkeypatch.setattr(library, "embed", embed)
        indexer.add([tmp_path / "a.txt"]).result()
        begun.get()
        assert indexer.add([tmp_path / "b.txt"]).result().added == [str(tmp_path / "b.txt")]
        begun.get()  # vectors are made on
        stopped.set()
        indexer.close()


def test_an_error_that_nobody_waits_for_stays_to_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with Library(tmp_path / "x.library") as library:
        indexer = Indexer(library)
        indexer.open()
        for error in (Busy("another process is writing"), ZeroDivisionError("a defect")):

            def fail(*given: object, error: Exception = error, **named: object) -> Report:
                raise error

            with monkeypatch.context() as patched:
                patched.setattr(library, "add", fail)
                assert indexer.add([tmp_path]).exception() is error
            indexer._pool.submit(lambda: None).result()  # the vectors behind it are done
            assert indexer.state == State(error=str(error))
        assert "a defect" in caplog.text and "another process" not in caplog.text
        indexer.add([tmp_path]).result()
        indexer._pool.submit(lambda: None).result()
        assert indexer.state == State()
        indexer.close()
