from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest

from tritonqa.errors import ServerError
from tritonqa.triton.runtime import install as installing
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


def test_an_environment_without_pip_takes_pythons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As uv makes them: `python -S` sees no pip either."""
    monkeypatch.setattr(installing, "find_spec", without("pip"))
    command = [sys.executable, "-S", "-m", "pip", "--version"]
    assert subprocess.run(command, capture_output=True, check=False).returncode
    done = subprocess.run(command, env=installing._with_pip(), capture_output=True, text=True, check=False)
    assert done.stdout.startswith("pip ") and "ensurepip" in done.stdout, done.stderr


def test_one_without_either_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "find_spec", without("pip", "ensurepip"))
    with pytest.raises(ServerError, match="this environment has no pip .*uv pip install pip.* --wheels DIR"):
        installing._with_pip()


def without(*names: str) -> Any:
    return lambda name: None if name in names else find_spec(name)
