"""A Triton process: started, ready, drained, and nothing of it left behind."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tritonqa.errors import TritonQAError, Unavailable
from tritonqa.triton.options import Serving
from tritonqa.triton.runtime import Runtime
from tritonqa.wire import Address
from tritonqa.wire.http import HttpWire

CLOSED = "model-repository,shared-memory,logging,trace"
ADMIN = "x-tritonqa-admin"


class Server:
    """Run one Triton on a model repository; use it in a with block."""

    def __init__(
        self,
        runtime: Runtime,
        repository: Path,
        serving: Serving | None = None,
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Start the process and wait until every model is ready; raises Unavailable."""
        self.serving = serving or Serving()
        self.name = f"tritonqa-{secrets.token_hex(4)}"
        self.secret = secrets.token_urlsafe(24)
        taken = _ports((self.serving.http_port, self.serving.grpc_port, self.serving.metrics_port))
        host = "127.0.0.1" if self.serving.host in ("0.0.0.0", "::") else self.serving.host
        self.http, self.grpc, self.metrics = (
            Address(scheme, host, port) for scheme, port in zip(("http", "grpc", "http"), taken, strict=True)
        )
        self._last: deque[str] = deque(maxlen=200)
        self._log = log
        self.process = subprocess.Popen(
            [str(runtime.server), *self._arguments(runtime, repository)],
            env=runtime.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self._admin = HttpWire(self.http, {ADMIN: self.secret})
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop(drain=0)
            raise

    def models(self) -> list[dict[str, Any]]:
        """List the repository's models as Triton does: name, version, state, reason."""
        found: list[dict[str, Any]] = self._admin.json("POST", "/v2/repository/index")
        return found

    def stop(self, drain: float | None = None) -> None:
        """Let what is in flight be answered, end the process and whatever it left."""
        self._admin.close()  # Triton waits for open connections, ours too
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(self.serving.drain_timeout + 5 if drain is None else drain)
            except subprocess.TimeoutExpired:
                pass
        self._sweep()

    def __enter__(self) -> Server:
        """Use the server in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self.stop()

    def _arguments(self, runtime: Runtime, repository: Path) -> list[str]:
        host = self.serving.host
        return [
            f"--id={self.name}",
            f"--model-repository={repository}",
            f"--backend-directory={runtime.backends}",
            f"--cache-directory={runtime.caches}",
            f"--http-address={host}",
            f"--http-port={self.http.port}",
            f"--grpc-address={host}",
            f"--grpc-port={self.grpc.port}",
            f"--metrics-address={host}",
            f"--metrics-port={self.metrics.port}",
            "--model-control-mode=explicit",
            "--load-model=*",
            "--disable-auto-complete-config",
            f"--http-restricted-api={CLOSED}:{ADMIN}={self.secret}",
            f"--grpc-restricted-protocol={CLOSED}:{ADMIN}={self.secret}",
            f"--backend-config=python,shm-region-prefix-name={self.name}",
            f"--exit-timeout-secs={int(self.serving.drain_timeout)}",
        ]

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._last.append(line.rstrip())
                self._log(line.rstrip())

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + self.serving.start_timeout
        while time.monotonic() < until:
            if self.process.poll() is not None:
                self._reading.join(1)
                raise Unavailable(f"Triton did not start: {self._reason()}")
            try:
                if self._admin.json("GET", "/v2", timeout=2)["name"] != self.name:
                    raise Unavailable(f"another server answers at {self.http}; choose another --http-port")
                self._admin.json("GET", "/v2/health/ready", timeout=2)
                return
            except TritonQAError:
                time.sleep(0.05)
        raise Unavailable(f"Triton was not ready in {self.serving.start_timeout:.0f} s: {self._reason()}")

    def _reason(self) -> str:
        errors = [line for line in self._last if line.startswith("E") or "rror" in line]
        return (errors or [*filter(None, self._last)] or ["it said nothing"])[-1]

    def _sweep(self) -> None:
        """Kill what is left of the server's processes, which are one group, and remove its shared memory."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self._reading.join()
        for segment in Path("/dev/shm").glob(f"{self.name}*"):
            segment.unlink(missing_ok=True)


def _ports(wanted: tuple[int, ...]) -> list[int]:
    """Replace each 0 by a port that is free now."""
    held = [socket.create_server(("127.0.0.1", 0)) for port in wanted if not port]
    free = [place.getsockname()[1] for place in held]
    for place in held:
        place.close()
    return [port or free.pop() for port in wanted]
