"""What this machine's CPU can do."""

from __future__ import annotations

import os
import platform
from math import ceil
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")  # a container's own

BF16 = frozenset({"amx_bf16", "avx512_bf16"})
"""Flags of CPUs that multiply bf16: three times as fast as fp32 with AMX, nearly twice without."""


def cores() -> int:
    """Count the cores this process may use: those it may run on, or what its container's quota is worth.

    A container that may use 4 of 64 cores mostly sees all of them; with 64 threads it would spend its time
    in a moment and stand still for the rest of each tenth of a second.
    """
    seen = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(seen, ceil(_quota(seen))))


def _quota(seen: int) -> float:
    """Return the cores' worth of time that Linux's control groups, of either version, leave a container."""
    for quota, period in (("cpu.max", None), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        try:
            words = (_CGROUP / quota).read_text(encoding="ascii").split()
            words += (_CGROUP / period).read_text(encoding="ascii").split() if period else []
            share, of = int(words[0]), int(words[1])  # "max" and -1 are no quota
        except (OSError, ValueError, IndexError):
            continue
        if share > 0 and of > 0:
            return share / of
    return float(seen)


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
    matters = BF16 | {"avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"}
    return f"{platform.machine()}-{cores()}-" + "-".join(sorted(flags() & matters))
