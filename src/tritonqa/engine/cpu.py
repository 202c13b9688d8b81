"""What this machine's CPU can do."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def cores() -> int:
    """Count the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def flags() -> frozenset[str]:
    """Return the CPU's feature flags as Linux lists them; empty where they can't be read."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, values = line.partition(":")
            if name.strip() in ("flags", "Features"):
                return frozenset(values.split())
    return frozenset()


def model() -> str:
    """Name the CPU, with its flags that matter here: choices are remembered under this name."""
    matters = {"avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "amx_bf16", "asimddp", "i8mm"}
    return f"{platform.machine()}-{cores()}-" + "-".join(sorted(flags() & matters))
