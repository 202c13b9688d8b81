from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.support.wait import PATIENCE
from tritonqa import Reader
from tritonqa.errors import BundleError, TritonQAError
from tritonqa.library import resources
from tritonqa.library.resources import Resources


class Opened:
    """A reader whose opening waits for a gate."""

    backend = None
    gate: Event
    opened: list[Opened]

    def __init__(self) -> None:
        assert self.gate.wait(PATIENCE)
        self.closed = False
        self.opened.append(self)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def opening(monkeypatch: pytest.MonkeyPatch) -> type[Opened]:
    class Fresh(Opened):
        gate, opened = Event(), []

    monkeypatch.setattr(resources, "Reader", Fresh)
    return Fresh


def test_a_reader_that_was_begun_is_opened_once_and_beside_other_work(
    opening: type[Opened], tmp_path: Path
) -> None:
    shared: Any = Resources(tmp_path / "x.library", None)
    shared.begin()
    shared.begin()
    opening.gate.set()  # reached while the reader opens
    assert shared.reader is shared.reader is opening.opened[0]
    shared.begin()
    shared.close()
    assert len(opening.opened) == 1 and opening.opened[0].closed


def test_a_reader_that_was_begun_and_never_asked_is_closed(opening: type[Opened], tmp_path: Path) -> None:
    shared = Resources(tmp_path / "x.library", None)
    shared.begin()
    opening.gate.set()
    shared.close()
    assert [one.closed for one in opening.opened] == [True]


def test_a_reader_that_can_not_be_opened_is_told_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    shared = Resources(tmp_path / "x.library", tmp_path / "bundle")
    shared.begin()
    for _ in range(2):
        with pytest.raises(TritonQAError, match="bundle") as raised:
            _ = shared.reader
        assert isinstance(raised.value, BundleError)
    shared.begin()
    shared.close()


def test_a_reader_that_was_given_open_stays_open(toy: Reader, tmp_path: Path) -> None:
    shared = Resources(tmp_path / "x.library", toy)
    shared.begin()
    assert shared.reader is toy
    shared.close()
    assert toy.ask("Who?", "Ada did.").to_dict()
