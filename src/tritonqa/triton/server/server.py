"""A Triton process: started, ready, drained, and nothing of it left behind."""

from __future__ import annotations

import secrets
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tritonqa.errors import ServerError, Stopped, TritonQAError
from tritonqa.triton.runtime.layout import Runtime
from tritonqa.triton.server import processes
from tritonqa.triton.server.admin import Admin
from tritonqa.triton.server.drain import fail_probes, listeners, stopping_file
from tritonqa.triton.server.health import Health
from tritonqa.triton.server.held_file import HeldFile
from tritonqa.triton.server.launch import EXIT_TIMEOUT, Launched, launch
from tritonqa.triton.server.minder import Minder
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.output import Output
from tritonqa.triton.server.registry import Running, register
from tritonqa.triton.server.stop import Stop

Log: TypeAlias = Callable[[str], None]

_POLL = 0.05
_TAKEN, _PORT_TRIES = "already in use", 5


class Server:
    """One Triton on a model repository; use it in a with block, which stops it."""

    def __init__(
        self, serving: Serving, launched: Launched, record: Running, file: HeldFile, log: Log
    ) -> None:
        """Take a process that was started, what is known of it, and the file that says so; see start."""
        self.serving, self.process = serving, launched.process
        self.http, self.grpc, self.metrics = serving.http, serving.grpc, serving.metrics
        self.admin = Admin(self.http, record.secret)
        self._record, self._file = record, file
        self._health = Health(launched.process)
        # Triton takes the secret on its command line alone; at its first line it has read that.
        hide_secret = partial(processes.mask_argument, self.process.pid, record.secret)
        self._output = Output(launched.lines, hide_secret, log)

    @classmethod
    def start(
        cls,
        runtime: Runtime,
        repository: Path,
        serving: Serving | None = None,
        log: Log = lambda line: None,
        stop: Stop | None = None,
    ) -> Server:
        """Start a process and wait until every model is ready.

        Ports that were free are chosen anew where another process takes one before the server does.
        Raises InputError for a host that is not this machine's, ServerError, Stopped once stop is set.
        """
        wanted, tries = serving or Serving(), 1
        while True:
            place = wanted.with_ports()
            try:
                return cls._start(runtime, repository, place, log, stop or Stop())
            except ServerError as error:
                if _TAKEN not in str(error) or not wanted.any_port or tries == _PORT_TRIES:
                    raise
                tries += 1

    @classmethod
    def _start(cls, runtime: Runtime, repository: Path, place: Serving, log: Log, stop: Stop) -> Server:
        name, secret = f"tritonqa-{secrets.token_hex(4)}", secrets.token_urlsafe(24)
        with ExitStack() as undo:
            file = register(name)
            undo.callback(file.remove)
            launched = launch(runtime, repository, place, name, secret, file)
            record = Running(
                minder=Minder.here(),
                pid=launched.process.pid,
                name=name,
                secret=secret,
                http=str(place.http),
                grpc=str(place.grpc),
                metrics=f"{place.metrics}/metrics",
                repository=str(repository.resolve()),
            )
            server = cls(place, launched, record, file, log)
            undo.callback(server.kill)
            record.write(file)
            server._wait_until_ready(stop)
            undo.pop_all()
        return server

    @property
    def healthy(self) -> bool:
        """Whether the server and all its Python processes live."""
        return self._health.healthy

    def stop(self, stop: Stop | None = None) -> bool:
        """Serve on for the grace, refuse asks, answer those under way within the drain time, end the process.

        A stop that is urgent ends the grace. Returns whether it had to be ended with asks under way.
        """
        cut = False
        if self.healthy:
            self._serve_on(stop or Stop())
            cut = not self._drain()
            self.admin.close()
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(EXIT_TIMEOUT + 1)
        self.kill()
        return cut

    def kill(self) -> None:
        """End the process and whatever it left, at once."""
        self.admin.close()
        processes.end_group(self.process.pid)
        self.process.wait()
        self._output.join()
        processes.free_memory(self._record.name)
        self._file.remove()

    def __enter__(self) -> Server:
        """Use the server in a with block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Stop the server."""
        self.stop()

    def _serve_on(self, stop: Stop) -> None:
        """Let probes fail and asks be answered for the grace, in which who balances load looks elsewhere."""
        until = time.monotonic() + self.serving.grace
        if self.serving.grace:
            fail_probes(self.admin, self.serving.grace)
        while self.healthy and time.monotonic() < until and not stop.is_urgent:
            time.sleep(_POLL)

    def _drain(self) -> bool:
        """Refuse new asks and wait for those under way; return whether all were answered."""
        until = time.monotonic() + self.serving.drain_timeout
        pid, told = self.process.pid, stopping_file(self._record.name)
        ours = listeners(told, pid)  # they refuse asks as clients try again on, and stay to the end
        told.touch()
        try:
            for model in self.admin.models():
                if model["name"] not in ours.values():
                    self.admin.unload(model["name"])
        except TritonQAError:
            return True  # as far as is known
        while self.healthy and (listeners(told, pid) or processes.stubs(pid) - ours.keys()):
            if time.monotonic() > until:
                return False
            time.sleep(_POLL)
        return True

    def _wait_until_ready(self, stop: Stop) -> None:
        until = time.monotonic() + self.serving.start_timeout
        while time.monotonic() < until:
            if self.process.poll() is not None:
                self._output.join(1)
                raise ServerError(f"Triton did not start: {self._output.reason()}")
            if self.admin.answers_as(self._record.name):
                return
            if not self.healthy and self.process.poll() is None:  # Triton would wait for it
                raise ServerError(f"Triton's Python process ended as it started: {self._output.reason()}")
            if stop.wait(_POLL):
                raise Stopped("stopped before it was ready")
        raise ServerError(
            f"Triton was not ready in {self.serving.start_timeout:.0f} s: {self._output.reason()}"
        )
