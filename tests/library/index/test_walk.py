from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tritonqa.library.index.walk import walk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links")


def names(found: object, folder: Path) -> list[str]:
    return [Path(str(path)).relative_to(folder).as_posix() for path in found]  # type: ignore[attr-defined]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.txt", "sub/b.txt", "sub/deep/c.txt", "own/library.sqlite"):
        (tmp_path / "real" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "real" / name).write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "sub" / "round").symlink_to(tmp_path / "real")
    return tmp_path


def test_a_librarys_own_folder_is_passed_over_by_whatever_name(folder: Path) -> None:
    for root, own in (("real", "real"), ("link", "real"), ("real", "link")):
        found = walk([folder / root], folder / own / "own")
        assert names(found, folder / root) == ["a.txt", "sub/b.txt", "sub/deep/c.txt"]


def test_a_drive_that_numbers_no_files_keeps_its_folders(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = Path.stat

    def numberless(path: Path, **options: bool) -> os.stat_result:
        found = list(stat(path, **options))
        found[1] = 0  # st_ino
        return os.stat_result(found)

    monkeypatch.setattr(Path, "stat", numberless)
    assert names(walk([folder / "real"], folder / "real" / "own"), folder / "real") == [
        "a.txt",
        "sub/b.txt",
        "sub/deep/c.txt",
    ]
