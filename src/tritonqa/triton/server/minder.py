"""The process that minds a server, and whether it still lives."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MACHINE = Path("/etc/machine-id")
_START_TIME = 19  # its place in /proc/PID/stat, counted from the state


@dataclass(frozen=True, slots=True)
class Minder:
    """A process, told from the others that bear its number.

    started is when it was, in ticks since the boot; namespace is that of the number (two containers have a
    process 1 each); boot is the kernel's id, machine what outlives a boot where that is known.
    """

    pid: int
    started: int | None
    namespace: int
    boot: str
    machine: str

    @classmethod
    def here(cls) -> Minder:
        """Describe this process."""
        boot = _read(_BOOT) or platform.node()
        machine = f"{platform.node()} {_read(_MACHINE)}" if _read(_MACHINE) else boot
        return cls(os.getpid(), _start_time("self"), _namespace(), boot, machine)

    @property
    def is_near(self) -> bool:
        """Whether it is, or was, one of the processes that have numbers here."""
        here = Minder.here()
        return (self.boot, self.namespace) == (here.boot, here.namespace)

    def lives(self, *, held: bool) -> bool:
        """Say whether it lives, or anything that it started may; held is whether its file is locked.

        Of those that have numbers here /proc tells: a server that outlived its minder holds the lock as well.
        Of others on this machine the lock tells. Those of other machines may not show, and are left alone.
        """
        here = Minder.here()
        if self.is_near and _shows_own_numbers():
            return self.started is not None and _start_time(str(self.pid)) == self.started
        return held or (self.boot != here.boot and self.machine != here.machine)


def _shows_own_numbers() -> bool:
    """Say whether /proc is there, and is that of this namespace."""
    try:
        return os.readlink("/proc/self") == str(os.getpid())
    except OSError:
        return False


def _start_time(pid: str) -> int | None:
    """Read when a process was started; None for one that ended."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return int(fields[_START_TIME]) if fields and fields[0] not in "ZX" else None


def _namespace() -> int:
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
