"""Commands in a PID namespace of their own, as in another container of the same home."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

import pytest

_AS_ROOT = ("--map-root-user",) if os.getuid() else ()
_UNSHARE = ("unshare", *_AS_ROOT, "--pid", "--fork", "--kill-child", "--mount-proc")


def in_a_namespace(*command: str) -> list[str]:
    """Write the command that runs as process 1 of a new namespace; skips where none is permitted."""
    if not _permitted():
        pytest.skip("no namespaces of processes can be made here")
    return [*_UNSHARE, *command]


@cache
def _permitted() -> bool:
    if shutil.which("unshare") is None:
        return False
    return not subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False).returncode
