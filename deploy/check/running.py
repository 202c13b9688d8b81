"""What must hold of a running server: it answers, is locked, comes back, and ends in time."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import click
from containers import Containers

from tritonqa import Reader
from tritonqa.errors import TritonQAError
from tritonqa.protocol.contract import ADMIN_HEADER
from tritonqa.triton.server.options import Serving

PATIENCE, POLL = 240.0, 0.5  # seconds
QUESTION, PASSAGE = (
    "Who wrote the first program?",
    "It was long ago 🎉. Ada Lovelace wrote the first program. ",
)
LONG = 300 * "The house was built in 1802 by nobody in particular. " + PASSAGE
_KILL = """
import os, pathlib
for name in pathlib.Path("/proc").glob("[0-9]*/comm"):
    if name.read_text().startswith("triton_python_b"):
        os.kill(int(name.parent.name), 9)
"""


def check_running(containers: Containers, place: Serving, secret: str | None) -> None:
    """Ask it over both protocols; look at its rights; kill its Python processes."""
    until("it answers", lambda: _answers(place))
    until("its health check is content", lambda: _healthy(containers))
    server = containers.server
    status = containers.run(
        "exec", server, "grep", "-E", "Uid|CapEff|NoNewPrivs|Seccomp:", "/proc/self/status"
    )
    rights = dict(line.split(":\t", 1) for line in status.splitlines())
    holds(
        "it is user 1000, without rights, and can gain none",
        (rights["Uid"].split()[0], int(rights["CapEff"], 16), rights["NoNewPrivs"]) == ("1000", 0, "1"),
    )
    holds("it can't write to its image", not _succeeds(containers, "exec", server, "touch", "/usr/x"))
    holds("who has no secret manages nothing", _index(place, "guess") == 403)
    if secret:
        holds("who has the secret manages it", _index(place, secret) == 200)
    shared = _shared(containers)
    containers.run("exec", server, "python3", "-c", _KILL)
    until("it answers no more once its Python processes are killed", lambda: not _answers(place))
    until("it is started again and answers", lambda: _answers(place))
    holds("no shared memory is left of the first", _shared(containers) == shared)


def check_stopping(containers: Containers, place: Serving, stop: Callable[[], object]) -> None:
    """Stop it with an ask under way."""
    server, before = containers.server, _windows(place)
    with Reader.load(str(place.grpc)) as reader, ThreadPoolExecutor() as pool:
        asked = pool.submit(reader.ask, QUESTION, LONG)
        until("an ask is under way", lambda: _windows(place) > before)
        begun = time.monotonic()
        stop()
        seconds = time.monotonic() - begun
        holds("what is under way is answered", asked.result()[0].text == "Ada Lovelace")
    status = containers.run("inspect", "--format={{.State.ExitCode}}", server)
    holds(f"it ended after {seconds:.0f} s, with status {status}", status == "0" and seconds < 40)


def until(what: str, true: Callable[[], bool]) -> None:
    """Wait for something, and say that it came."""
    end = time.monotonic() + PATIENCE
    while not (met := true()) and time.monotonic() < end:
        time.sleep(POLL)
    holds(what, met)


def holds(what: str, true: bool) -> None:
    """Say what holds; raises ClickException where it does not."""
    if not true:
        raise click.ClickException(f"this does not hold: {what}")
    click.echo(f"  {what}")


def _answers(place: Serving) -> bool:
    """Ask over HTTP and gRPC."""
    for address in (str(place.http), str(place.grpc)):
        try:
            with Reader.load(address) as reader:
                answer = reader.ask(QUESTION, PASSAGE)[0]
        except TritonQAError:
            return False
        if PASSAGE[answer.start : answer.end] != answer.text or answer.text != "Ada Lovelace":
            raise click.ClickException(f"{address} answers {answer}")
    return True


def _healthy(containers: Containers) -> bool:
    """Run the check that the container was given: podman has nobody to run it where there is no systemd."""
    server = containers.server
    if containers.engine == "podman":
        return _succeeds(containers, "healthcheck", "run", server)
    return containers.run("inspect", "--format={{.State.Health.Status}}", server) == "healthy"


def _shared(containers: Containers) -> int:
    """Count the segments of shared memory."""
    return len(containers.run("exec", containers.server, "ls", "/dev/shm").split())


def _succeeds(containers: Containers, *words: str) -> bool:
    with suppress(click.ClickException):
        containers.run(*words)
        return True
    return False


def _index(place: Serving, secret: str) -> int:
    """List the models as who manages a server; return HTTP's status."""
    request = urllib.request.Request(f"{place.http}/v2/repository/index", b"{}", {ADMIN_HEADER: secret})
    try:
        with urllib.request.urlopen(request) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def _windows(place: Serving) -> float:
    """Read how many windows were computed since the start."""
    with urllib.request.urlopen(f"{place.metrics}/metrics") as response:
        lines = response.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("tritonqa_windows{"))
