"""tritonqa serve."""

from __future__ import annotations

import json
import shlex
import signal
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tritonqa.cli.options import as_json
from tritonqa.cli.output import emit
from tritonqa.errors import InputError
from tritonqa.reader.load import PACKAGED, find
from tritonqa.triton.docker import IMAGE
from tritonqa.triton.options import Limits, Serving

if TYPE_CHECKING:
    from tritonqa.triton.server import Server

F = TypeVar("F", bound=Callable[..., Any])

_SERVING, _LIMITS = Serving(), Limits()
_PEM = click.Path(path_type=Path)


def _port(name: str, default: int) -> Callable[[F], F]:
    return click.option(name, default=default, show_default=True, help="0: any that is free.")


@click.command()
@click.argument("reader", default=PACKAGED)
@click.option("--repository", type=click.Path(path_type=Path), help="Where the models are written, or found.")
@click.option("--build-only", is_flag=True, help="Write the repository and stop.")
@click.option("--encoder/--no-encoder", default=True, help="Serve the model encoder as well.  [default: yes]")
@click.option("--cache", is_flag=True, help="Answer equal requests from Triton's response cache.")
@click.option("--max-waiting", default=_LIMITS.waiting, show_default=True, help="Windows that may wait.")
@click.option("--ask-timeout", default=_LIMITS.seconds, show_default=True, help="Seconds an ask may wait.")
@click.option("--host", default=_SERVING.host, show_default=True, help="The address to listen on.")
@_port("--http-port", _SERVING.http_port)
@_port("--grpc-port", _SERVING.grpc_port)
@_port("--metrics-port", _SERVING.metrics_port)
@click.option("--tls-certificate", type=_PEM, help="Encrypt gRPC with this PEM file; HTTP stays on loopback.")
@click.option("--tls-key", type=_PEM, help="The certificate's key.")
@click.option("--tls-clients", type=_PEM, help="Ask clients for certificates of these authorities.")
@click.option("--drain", default=_SERVING.drain_timeout, show_default=True, help="Seconds to end asks in.")
@click.option("--logs", type=click.Choice(["text", "json", "none"]), default="text", show_default=True)
@click.option("--docker", is_flag=True, help="Print and run the container instead.")
@click.option("--image", default=IMAGE, show_default=True, help="The container's image.")
@click.option("--gpus", is_flag=True, help="Give the container the GPUs.")
@as_json
def serve(
    reader: str,
    repository: Path | None,
    build_only: bool,
    logs: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Serve READER on a real Triton until Ctrl-C: HTTP, gRPC and metrics.

    READER is a bundle's folder or a model package. The server itself is installed on first use.
    """
    if build_only and repository is None:
        raise InputError("repository is missing; give --build-only with --repository DIR")
    with tempfile.TemporaryDirectory(prefix="tritonqa-") as temporary:
        folder = repository or Path(temporary) / "repository"
        if build_only or not folder.exists():
            _build(reader, folder, options)
        if options["docker"]:
            raise click.exceptions.Exit(_contain(folder, options))
        if build_only:
            emit(json.dumps({"repository": str(folder)}) if as_json else f"wrote {folder}")
        else:
            _run(folder, options, logs, as_json)


def _build(reader: str, folder: Path, options: dict[str, Any]) -> None:
    from tritonqa.triton.describe import Encoding
    from tritonqa.triton.repository import build

    limits = Limits(waiting=options["max_waiting"], seconds=options["ask_timeout"])
    encoding = Encoding() if options["encoder"] else None
    build(find(reader), folder, limits, encoding, cache=options["cache"])


def _run(folder: Path, options: dict[str, Any], logs: str, as_json: bool) -> None:
    from tritonqa.triton.install import install
    from tritonqa.triton.server import Server
    from tritonqa.triton.supervise import supervise

    runtime = install(say=_say)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    serving = _serving(options)

    def start(died: Server | None) -> Server:
        return Server(runtime, folder, died.serving if died else serving, partial(_log, kind=logs))

    supervise(start, stop, partial(_show, as_json=as_json), _say)


def _contain(folder: Path, options: dict[str, Any]) -> int:
    from tritonqa.triton.docker import docker_command, run

    command = docker_command(folder, _serving(options).with_ports(), options["image"], gpus=options["gpus"])
    emit(shlex.join(command))
    return run(command)


def _serving(options: dict[str, Any]) -> Serving:
    return Serving(
        host=options["host"],
        http_port=options["http_port"],
        grpc_port=options["grpc_port"],
        metrics_port=options["metrics_port"],
        drain_timeout=options["drain"],
        cache=options["cache"],
        certificate=options["tls_certificate"],
        key=options["tls_key"],
        clients=options["tls_clients"],
    )


def _say(text: str) -> None:
    click.echo(text, err=True)


def _log(line: str, kind: str) -> None:
    from tritonqa.triton.logs import read

    entry = read(line) if kind != "none" else None
    if entry is not None:
        _say(entry.as_json() if kind == "json" else entry.as_text())


def _show(server: Server, as_json: bool) -> None:
    models = server.admin.models()
    places = {"http": str(server.http), "grpc": str(server.grpc), "metrics": f"{server.metrics}/metrics"}
    if as_json:
        emit(json.dumps({"models": models, **places}))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Model", "Version", "Status")
    for model in models:
        table.add_row(model["name"], model.get("version", "-"), model.get("state", "-"))
    Console().print(table)
    for name, place in places.items():
        emit(f"{name:8} {place}")
