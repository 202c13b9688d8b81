"""What happens to a server, one after the other; each tells what went wrong with it, or nothing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import TypeAlias

from chaos.disk import filled
from chaos.served import Served
from tritonqa.triton.server import processes

Event: TypeAlias = tuple[str, Callable[[Served], str]]

_STOPPED, _CUT, _SWALLOWED, _NARROW = 3.0, 5.0, 20.0, 10.0  # seconds


def _reload(served: Served) -> str:
    done = served.update()
    return f"the reload ended with {done.returncode}: {done.stderr}" if done.returncode else ""


def _kill_stub(served: Served) -> str:
    os.kill(min(processes.stubs(served.triton)), signal.SIGKILL)
    return ""


def _kill_server(served: Served) -> str:
    os.kill(served.triton, signal.SIGKILL)
    return ""


def _stop(served: Served) -> str:
    server = served.triton
    os.kill(server, signal.SIGSTOP)
    time.sleep(_STOPPED)
    os.kill(server, signal.SIGCONT)
    return ""


def _cut(served: Served) -> str:
    served.network.cut(_CUT)
    return ""


def _swallow(served: Served) -> str:
    served.network.swallow(_SWALLOWED)
    return ""


def _narrow(served: Served) -> str:
    served.network.narrow(_NARROW)
    return ""


def _fill_disk(served: Served) -> str:
    """Reload where there is no room for it: it must be refused in one sentence, and nothing be left."""
    before = sorted(served.state.rglob("*"))
    with filled(served.state):
        done = served.update()
    if not done.returncode or len(done.stderr.strip().splitlines()) != 1:
        return f"a reload on a full disk ended with {done.returncode}: {done.stderr}"
    left = set(served.state.rglob("*")) - set(before)
    return f"a reload on a full disk left {sorted(map(str, left))}" if left else ""


EVENTS: tuple[Event, ...] = (
    ("reloaded", _reload),
    ("stub killed", _kill_stub),
    ("reloaded", _reload),
    ("server killed", _kill_server),
    (f"network cut for {_CUT:.0f} s", _cut),
    ("reloaded", _reload),
    (f"network silent for {_SWALLOWED:.0f} s", _swallow),
    (f"network narrow for {_NARROW:.0f} s", _narrow),
    ("reloaded", _reload),
    (f"stopped for {_STOPPED:.0f} s", _stop),
    ("disk full", _fill_disk),
    ("reloaded", _reload),
    ("reloaded", _reload),
)
