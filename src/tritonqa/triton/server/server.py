"""A Triton process: started, ready, drained, and nothing of it left behind."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from tritonqa.client import Address
from tritonqa.errors import TritonQAError, Unavailable
from tritonqa.protocol.contract import ADMIN_HEADER, LOGITS, OLD_LOGITS, RESTRICTED_APIS
from tritonqa.protocol.parameters import RATE_LIMIT
from tritonqa.triton.repository.schema import read_parameters
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server import processes
from tritonqa.triton.server.admin import Admin
from tritonqa.triton.server.logs import read
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.registry import Running
from tritonqa.triton.server.stop import Stop

Log: TypeAlias = Callable[[str], None]

_POLL = 0.05
_SEEN_TO = 2.0  # seconds in which Triton sees to a process that ended as it should
_LAST_WORDS = 3  # seconds to write what was answered; Triton would wait longer for idle connections


class Stopped(Unavailable):
    """Somebody asked it to stop before it was ready."""


class Server:
    """Run one Triton on a model repository; use it in a with block."""

    def __init__(
        self,
        runtime: Runtime,
        repository: Path,
        serving: Serving | None = None,
        log: Log = lambda line: None,
        stop: Stop | None = None,
    ) -> None:
        """Start the process and wait until every model is ready.

        Raises InputError for a host that is not this machine's, Unavailable, Stopped once stop is set.
        """
        self.repository = repository
        self.serving = (serving or Serving()).with_ports()
        self.name = f"tritonqa-{secrets.token_hex(4)}"
        self.secret = secrets.token_urlsafe(24)
        self.http = Address("http", self.serving.reachable, self.serving.http_port)
        scheme = "grpcs" if self.serving.certificate else "grpc"
        self.grpc = Address(scheme, self.serving.reachable, self.serving.grpc_port)
        self.metrics = Address("http", self.serving.reachable, self.serving.metrics_port)
        self._last: deque[str] = deque(maxlen=200)
        self._log = log
        self._dead: dict[int, float] = {}  # Python processes that ended → when that was first seen
        self._reading = threading.Thread(target=self._read, daemon=True)
        self.admin = Admin(self.http, self.secret)
        self._stop = stop or Stop()
        with processes.large_stacks():
            self.process = subprocess.Popen(
                [str(runtime.server), *self._arguments(runtime)],
                env=runtime.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        self._record = Running(
            supervisor=os.getpid(),
            pid=self.process.pid,
            name=self.name,
            secret=self.secret,
            http=str(self.http),
            grpc=str(self.grpc),
            metrics=f"{self.metrics}/metrics",
            repository=str(repository.resolve()),
        )
        self._reading.start()
        try:
            self._record.write()
            processes.use_batch_scheduling(self.process.pid)
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    @property
    def healthy(self) -> bool:
        """Whether the server and all its Python processes live: Triton does not start one again.

        Those of a version that was unloaded end too, and Triton sees to them; to one that was killed never.
        """
        now = time.monotonic()
        self._dead = {pid: self._dead.get(pid, now) for pid in processes.dead_stubs(self.process.pid)}
        return self.process.poll() is None and all(now - since < _SEEN_TO for since in self._dead.values())

    def tail(self) -> str:
        """Return the end of the server's log."""
        return "\n".join(self._last)

    def stop(self) -> bool:
        """Take no more asks, let those under way be answered within the drain time, then end the process.

        Returns whether it had to be ended with asks under way.
        """
        cut = False
        if self.healthy:
            cut = not self._drain()
            self.admin.close()
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(_LAST_WORDS + 1)
            except subprocess.TimeoutExpired:
                pass
        self.kill()
        return cut

    def kill(self) -> None:
        """End the process and whatever it left, at once."""
        self.admin.close()
        processes.end_group(self.process.pid)
        self.process.wait()
        self._reading.join()
        processes.free_memory(self.name)
        self._record.remove()

    def __enter__(self) -> Server:
        """Use the server in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self.stop()

    def _drain(self) -> bool:
        """Unload the models: Triton refuses new asks and answers those under way. Return whether it did."""
        until = time.monotonic() + self.serving.drain_timeout
        try:
            for model in self.admin.models():
                self.admin.unload(model["name"])
        except TritonQAError:
            return True  # as far as is known
        while self.healthy and processes.stubs(self.process.pid):
            if time.monotonic() > until:
                return False
            time.sleep(_POLL)
        return True

    def _arguments(self, runtime: Runtime) -> list[str]:
        serving = self.serving
        return [
            f"--id={self.name}",
            f"--model-repository={self.repository}",
            f"--backend-directory={runtime.backends}",
            f"--http-address={_bound(serving.http_host)}",
            f"--http-port={serving.http_port}",
            f"--grpc-address={serving.bracketed}",
            f"--grpc-port={serving.grpc_port}",
            f"--metrics-address={_bound(serving.host)}",
            f"--metrics-port={serving.metrics_port}",
            "--model-control-mode=explicit",
            "--load-model=*",
            "--disable-auto-complete-config",
            f"--http-restricted-api={RESTRICTED_APIS}:{ADMIN_HEADER}={self.secret}",
            f"--grpc-restricted-protocol={RESTRICTED_APIS}:{ADMIN_HEADER}={self.secret}",
            f"--backend-config=python,shm-region-prefix-name={self.name}",
            f"--exit-timeout-secs={_LAST_WORDS}",
            *self._rate_limit(),
            *self._encryption(),
        ]

    def _rate_limit(self) -> list[str]:
        model = OLD_LOGITS if (self.repository / OLD_LOGITS).is_dir() else LOGITS
        written = read_parameters(self.repository / model / "config.pbtxt").get(RATE_LIMIT)
        most = self.serving.rate_limit or written
        return ["--rate-limit=execution_count", f"--rate-limit-resource={model}:{most}"] if most else []

    def _encryption(self) -> list[str]:
        serving = self.serving
        if serving.certificate is None:
            return []
        known = [f"--grpc-root-cert={serving.clients}"] if serving.clients else []
        return [
            f"--grpc-use-ssl{'-mutual' if serving.clients else ''}=true",
            f"--grpc-server-cert={serving.certificate}",
            f"--grpc-server-key={serving.key}",
            *known,
        ]

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for number, line in enumerate(lines):
                if number == 0:  # it has read its command line, which is the only way to tell it the secret
                    processes.mask_argument(self.process.pid, self.secret)
                self._last.append(line.rstrip())
                self._log(line.rstrip())

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + self.serving.start_timeout
        while time.monotonic() < until:
            if self.process.poll() is not None:
                self._reading.join(1)
                raise Unavailable(f"Triton did not start: {self._reason()}")
            if self.admin.answers_as(self.name):
                return
            if self._stop.wait(_POLL):
                raise Stopped("stopped before it was ready")
        raise Unavailable(f"Triton was not ready in {self.serving.start_timeout:.0f} s: {self._reason()}")

    def _reason(self) -> str:
        entries = [entry for line in self._last if (entry := read(line))]
        errors = [entry for entry in entries if entry.level == "error"]
        said = (errors or entries)[-1].message if entries else "it said nothing"
        return said.partition(r"\n\nAt:")[0]  # where in the code; the log has it


def _bound(host: str) -> str:
    """Write an address as Triton's HTTP library takes it."""
    return f"ipv6:{host}" if ":" in host else host
