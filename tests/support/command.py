"""The command line, run as its users run it: in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import IO

from tests.support.wait import PATIENCE


def tritonqa(*arguments: str, before: str = "") -> list[str]:
    """Return the command line that runs tritonqa in a process of its own, after some Python."""
    code = f"{before}\nfrom tritonqa.cli.main import main; main()"
    return [sys.executable, "-c", code, *arguments]


def on_terminal(
    command: list[str],
    stdout: int | IO[str] = subprocess.DEVNULL,
    env: Mapping[str, str] = os.environ,
    *,
    interrupt_at: str = "",
    code: int = 0,
) -> str:
    """Run a command whose stderr is a terminal, and return what that showed; interrupt it where that is."""
    import pty

    master, slave = pty.openpty()
    with subprocess.Popen(command, stdout=stdout, stderr=slave, env={**env, "TERM": "xterm"}) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
            if interrupt_at and interrupt_at.encode() in shown:
                process.send_signal(signal.SIGINT)
                interrupt_at = ""
        assert process.wait(PATIENCE) == code
    os.close(master)
    return shown.decode("utf-8")
