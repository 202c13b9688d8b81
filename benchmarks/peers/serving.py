"""A server that a peer starts, on a free port of this machine, and what its clients post."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import urllib3

_WAIT = 300.0  # seconds until it is ready
AT_ONCE = 16


class Posts:
    """Connections to a server."""

    def __init__(self) -> None:
        """Keep as many connections as clients."""
        self._pool = urllib3.PoolManager(maxsize=AT_ONCE, timeout=300.0, retries=False)

    def __call__(self, url: str, body: Any) -> Any:
        """Post JSON; return the JSON of the answer, raise RuntimeError for another status than 200."""
        found = self._pool.request(
            "POST", url, body=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        if found.status != 200:
            raise RuntimeError(f"{found.status}: {found.data[:200]!r}")
        return json.loads(found.data)


def free_ports(count: int) -> list[int]:
    """Find ports that nothing listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def started(
    command: Sequence[str], ready: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a server until the block ends; it is ready when this address answers 200."""
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **(environment or {})}, start_new_session=True
    )
    pool, until = urllib3.PoolManager(timeout=5.0, retries=False), time.monotonic() + _WAIT
    try:
        while True:
            try:
                if pool.request("GET", ready).status == 200:
                    break
            except urllib3.exceptions.HTTPError:
                pass
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not start")
            time.sleep(0.05)
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):  # some start servers that outlive them
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
