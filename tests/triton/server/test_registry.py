from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tritonqa.errors import ServerError
from tritonqa.triton.server.registry import running

GONE = 2**22 + 1  # no process has this number


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "tritonqa" / "servers"
    folder.mkdir(parents=True)
    return folder


def record(folder: Path, name: str, supervisor: int) -> Path:
    known = {
        "supervisor": supervisor,
        "pid": GONE,
        "name": name,
        "secret": "",
        "http": "",
        "grpc": "",
        "metrics": "",
    }
    path = folder / "a.json"
    path.write_text(json.dumps({**known, "metrics": "", "repository": ""}))
    return path.rename(folder / f"{name}.json")


def test_those_that_are_minded_are_listed_and_what_others_left_goes(folder: Path) -> None:
    kept, left = record(folder, "tritonqa-0000000a", os.getpid()), record(folder, "tritonqa-0000000b", GONE)
    (folder / str(GONE)).mkdir()
    assert [server.name for server in running()] == ["tritonqa-0000000a"]
    assert kept.exists() and not left.exists() and not (folder / str(GONE)).exists()


@pytest.mark.parametrize("name", ["", "tritonqa-", "tritonqa-*"])
def test_nothing_is_swept_by_a_name_that_is_none(folder: Path, name: str) -> None:
    record(folder, name, GONE)
    assert running() == []


def test_a_state_folder_that_can_not_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/none")
    with pytest.raises(ServerError, match="can't be written: .*; set XDG_STATE_HOME"):
        running()
