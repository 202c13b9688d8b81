from __future__ import annotations

from pathlib import Path

import pytest

from tritonqa.staging import folder_beside


def test_what_is_renamed_stays_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "made.json"
    with folder_beside(place) as folder:
        assert folder.parent == tmp_path and folder.name.startswith(".made.json-")
        (folder / "left").mkdir()
        (folder / "whole").write_text("{}", encoding="utf-8")
        (folder / "whole").replace(place)
    assert list(tmp_path.iterdir()) == [place]


def test_an_interrupt_as_the_folder_is_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def interrupted(path: Path, mode: int = 0o777) -> None:
        make(path, mode)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt), folder_beside(tmp_path / "made"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_place_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), folder_beside(tmp_path / "nowhere" / "made"):
        pass
