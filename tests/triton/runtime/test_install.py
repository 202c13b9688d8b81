from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tritonqa.errors import ServerError
from tritonqa.triton.runtime import install as installing
from tritonqa.triton.runtime.install import install
from tritonqa.triton.runtime.layout import default, missing_requirements

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


def test_who_waits_for_an_install_takes_what_came(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What another process has installed may run by now: it is not put in its place again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    runtime = default()
    runtime.folder.parent.mkdir()
    waits = threading.Event()
    monkeypatch.setattr(Path, "mkdir", telling(Path.mkdir, waits))
    with ThreadPoolExecutor(1) as pool:
        with FileLock(runtime.folder.parent / f".{runtime.folder.name}.lock"):
            coming = pool.submit(install)
            waits.wait()
            for file in (runtime.server, runtime.stub, runtime.numpy / "numpy" / "version.py"):
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("as it came", encoding="utf-8")
        assert coming.result() == runtime
    assert runtime.server.read_text(encoding="utf-8") == "as it came"


def telling(call: Any, called: threading.Event) -> Any:
    def wrapped(*arguments: Any, **named: Any) -> Any:
        found = call(*arguments, **named)
        called.set()
        return found

    return wrapped
