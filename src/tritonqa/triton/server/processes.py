"""A server's processes and shared memory: which are there, which died, and how to end them all."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STUB = "triton_python_b"  # as the kernel cuts the name
SHARED_MEMORY = Path("/dev/shm")
_DYING = 5.0  # seconds that a killed process may need on a busy machine
_STACK = 1 << 30  # bytes


def dead_stubs(server: int) -> set[int]:
    """Find the server's Python processes that ended and were not seen to by it, as one that is killed.

    One that never came to be is still the shell that was to become it.
    """
    return {pid for pid, (_, state, parent) in _all() if (state, parent) == ("Z", server)}


def stubs(server: int) -> set[int]:
    """Find the server's living Python processes, one for each instance of a Python model."""
    return {pid for pid, (name, state, parent) in _all() if (name, parent) == (STUB, server) and state != "Z"}


def group(server: int) -> set[int]:
    """Find the living processes of the group that the server leads."""
    return {pid for pid, (_, state, _) in _all() if state != "Z" and _group_of(pid) == server}


@contextmanager
def batch_scheduling() -> Iterator[None]:
    """Let a process that is started now have threads that wait for a core rather than take it from another.

    One that wakes for each message would stop a window that is being computed, for no message in a hurry.
    Threads inherit it: told once the process runs, those that are there already would keep theirs.
    """
    usual = os.sched_getscheduler(0) == os.SCHED_OTHER  # of this thread; an owner's own choice stays
    with suppress(OSError):  # a sandbox may forbid it
        if usual:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    try:
        yield
    finally:
        with suppress(OSError):
            if usual:
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@contextmanager
def large_stacks() -> Iterator[None]:
    """Let a process that is started now have threads with deep stacks: address space, not memory.

    Triton reads JSON by recursion, and copies texts to the stack: with the usual 8 MB one request of some
    megabytes, or of 200,000 brackets, would end it.
    """
    import resource

    before = soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = _STACK if hard == resource.RLIM_INFINITY else min(_STACK, hard)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_STACK, (max(soft, wanted), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_STACK, before)


def end_group(server: int) -> None:
    """Kill the server and all processes it started, and wait until they are gone.

    A stub whose server died ignores other signals.
    """
    try:
        os.killpg(server, signal.SIGKILL)
    except ProcessLookupError:
        return
    until = time.monotonic() + _DYING
    while group(server) and time.monotonic() < until:
        time.sleep(0.01)


def end_named(name: str) -> None:
    """Kill what is left of the server of that name: itself, or stubs that outlived it."""
    for pid, (command, _, _) in _all():
        if _is_part(pid, command, name) and (leader := _group_of(pid)) is not None:
            end_group(leader)


def free_memory(prefix: str) -> None:
    """Remove the shared memory segments that the server named so."""
    for segment in SHARED_MEMORY.glob(f"{prefix}*"):
        segment.unlink(missing_ok=True)


def mask_argument(pid: int, word: str) -> None:
    """Overwrite a word on the command line of a process we started, which other users can list.

    Where the system does not let us, it stays.
    """
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    start, end = (int(number) for number in stat.rpartition(")")[2].split()[45:47])
    try:
        with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
            memory.seek(start)
            line = memory.read(end - start)
            memory.seek(start)
            memory.write(line.replace(word.encode(), b"*" * len(word)))
    except OSError:
        return


def _all() -> list[tuple[int, tuple[str, str, int]]]:
    """List the processes: number → name, state, parent."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = place.read_text(encoding="utf-8", errors="replace").rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        found.append((int(place.parent.name), (head.partition("(")[2], state, int(parent))))
    return found


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _is_part(pid: int, command: str, name: str) -> bool:
    """Say whether this process is the server of that name or one of its stubs, and no other of its number."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    if command == STUB:
        return any(word.startswith(name.encode()) for word in words)
    return f"--id={name}".encode() in words
