from __future__ import annotations

import signal
import subprocess
import sys
import time

from tests.support.wait import PATIENCE
from tritonqa.triton.server.stop import Stop

WAITING = """
import signal
from tritonqa.triton.server.stop import Stop

signal.signal(signal.SIGTERM, lambda *_: stop.set())
stop = Stop()
print("waiting", flush=True)
for _ in range(4000):
    while not stop.wait(0.001):
        pass
    stop = Stop()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
"""


def test_it_is_unset_until_it_is_set() -> None:
    stop = Stop()
    assert not stop.is_set() and not stop.wait(0.01)
    stop.set()
    stop.set()
    assert stop.is_set() and stop.wait(0) and stop.is_set()


def test_many_signals_at_once_do_not_hang() -> None:
    with subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"waiting\n"
        until = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < until:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.00002)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.0003)
        hangs = process.poll() is None
        process.kill()
        assert not hangs and process.returncode == 0
