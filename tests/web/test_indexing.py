from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.support.wait import eventually
from tritonqa import Library
from tritonqa.errors import Unavailable
from tritonqa.web.indexing import Indexer


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
