from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tritonqa.folders import cache_folder, state_folder
from tritonqa.reader.choose import remembered


@pytest.mark.parametrize(
    ("find", "variable"), [(cache_folder, "XDG_CACHE_HOME"), (state_folder, "XDG_STATE_HOME")]
)
def test_they_lie_where_the_variable_says(
    find: Callable[[], Path], variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "日本 é"))
    assert find() == tmp_path / "日本 é" / "tritonqa"


@pytest.mark.parametrize("find", [cache_folder, state_folder])
def test_a_user_without_a_home_has_none(find: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # as Python does where none is known
    with pytest.raises(OSError, match="this user has no home folder"):
        find()
    assert remembered() == {}  # so a reader loads all the same
