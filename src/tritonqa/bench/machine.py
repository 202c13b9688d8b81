"""What was measured on: the machine and the versions."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tritonqa import __version__
from tritonqa.engine import cpu

_LIBRARIES = ("numpy", "tokenizers", "openvino", "onnxruntime", "torch", "tritonclient")
_BUSY = 0.25  # of a core, on average over the last minute, that something else takes


def machine() -> dict[str, Any]:
    """Name the processor, its cores and memory, the system, and the versions of what runs."""
    found = {"tritonqa": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "kind": cpu.model(),
        "cpu": _name(),
        "cores": cpu.cores(),
        "memory_gb": _memory_gb(),
        "system": platform.platform(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "versions": found,
    }


def busy(about: dict[str, Any]) -> str | None:
    """Say, of a machine that was not idle when measuring began, that it was not."""
    if (about["load"] or 0) <= _BUSY * about["cores"]:
        return None
    return f"other work ran on this machine: {about['load']} cores were wanted over the last minute"


def _name() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None
