from __future__ import annotations

import pytest

from tritonqa.errors import ServerError
from tritonqa.triton.runtime.install import install
from tritonqa.triton.runtime.layout import missing_requirements

pytestmark = pytest.mark.skipif(bool(missing_requirements()), reason="Triton can't run here")


def test_a_cache_that_can_not_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")
    with pytest.raises(ServerError, match="/proc/none.* can't be written: .*; set XDG_CACHE_HOME"):
        install()


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # as Python does where none is known
    with pytest.raises(ServerError, match="this user has no home folder; set XDG_CACHE_HOME"):
        install()
