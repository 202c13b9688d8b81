from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tritonqa.triton.server.held_file import HeldFile, is_held

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")


def test_it_is_held_until_it_is_removed(tmp_path: Path) -> None:
    held = HeldFile(tmp_path / "a.json")
    assert is_held(held.path) and not stat.S_IMODE(held.path.stat().st_mode) & 0o077
    held.write({"é": 1})
    assert held.path.read_text() == '{"\\u00e9": 1}'
    held.remove()
    held.remove()
    assert not is_held(held.path)


def test_who_inherits_it_holds_it_too(tmp_path: Path) -> None:
    held, left = HeldFile(tmp_path / "a.json"), tmp_path / "b.json"
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=(held.fileno(),)) as heir:
        held.path.rename(left)
        held.remove()
        assert is_held(left)
        heir.communicate()
    assert not is_held(left)


def test_one_that_is_there_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("theirs")
    with pytest.raises(FileExistsError):
        HeldFile(tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text() == "theirs" and not is_held(tmp_path / "a.json")
