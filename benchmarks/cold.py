"""How long a command takes in a process of its own, with and without models that were compiled before."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence

from tritonqa.engine.model_cache import VARIABLE


def starts(command: Sequence[str], rounds: int) -> dict[str, dict[str, float]]:
    """Return seconds until a command's first line and until its end: its first start, and medians in turn.

    Bytecode is written, as pip does when it installs.
    """
    with tempfile.TemporaryDirectory() as folder:
        _start(command, "off")  # for bytecode, and files that are in memory
        first = _start(command, folder)
        kept, off = zip(
            *((_start(command, folder), _start(command, "off")) for _ in range(rounds)), strict=True
        )
    return {"first_start": first, "compiled_before": _medians(kept), "model_cache_off": _medians(off)}


def _start(command: Sequence[str], cache: str) -> dict[str, float]:
    environment = {**os.environ, VARIABLE: cache}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline(), "it printed nothing"
        answered = time.perf_counter() - begun
        process.stdout.read()
    assert process.returncode == 0
    return {"answer_s": round(answered, 3), "exit_s": round(time.perf_counter() - begun, 3)}


def _medians(found: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(one[name] for one in found) for name in found[0]}
