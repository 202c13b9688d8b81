"""tritonqa serve."""

from __future__ import annotations

import json
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tritonqa.reader.load import PACKAGED, find
from tritonqa.triton.logs import read
from tritonqa.triton.options import Serving

if TYPE_CHECKING:
    from tritonqa.triton.server import Server

DEFAULTS = Serving()


@click.command()
@click.argument("reader", default=PACKAGED)
@click.option("--repository", type=click.Path(path_type=Path), help="Where the models are written, or found.")
@click.option("--build-only", is_flag=True, help="Write the repository and stop.")
@click.option("--host", default=DEFAULTS.host, show_default=True, help="The address to listen on.")
@click.option("--http-port", default=DEFAULTS.http_port, show_default=True, help="0: any that is free.")
@click.option("--grpc-port", default=DEFAULTS.grpc_port, show_default=True, help="0: any that is free.")
@click.option("--metrics-port", default=DEFAULTS.metrics_port, show_default=True, help="0: any that is free.")
@click.option("--logs", type=click.Choice(["text", "json", "none"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print models and endpoints as one JSON object.")
def serve(
    reader: str,
    repository: Path | None,
    build_only: bool,
    host: str,
    http_port: int,
    grpc_port: int,
    metrics_port: int,
    logs: str,
    as_json: bool,
) -> None:
    """Serve READER on a real Triton until Ctrl-C: HTTP, gRPC and metrics.

    READER is a bundle's folder or a model package. The server itself is installed on first use.
    """
    from tritonqa.triton.install import install
    from tritonqa.triton.repository import build
    from tritonqa.triton.server import Server
    from tritonqa.triton.supervise import supervise

    if build_only and repository is None:
        raise click.UsageError("--build-only needs --repository DIR")
    with tempfile.TemporaryDirectory(prefix="tritonqa-") as temporary:
        folder = repository or Path(temporary) / "repository"
        if build_only or not folder.exists():
            build(find(reader), folder)
        if build_only:
            click.echo(json.dumps({"repository": str(folder)}) if as_json else f"wrote {folder}")
            return
        runtime = install(say=_say)
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        serving = Serving(host, http_port, grpc_port, metrics_port)

        def start(died: Server | None) -> Server:
            return Server(runtime, folder, died.serving if died else serving, lambda line: _log(line, logs))

        supervise(start, stop, lambda server: _show(server, as_json), _say)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _log(line: str, kind: str) -> None:
    entry = read(line) if kind != "none" else None
    if entry is not None:
        _say(entry.as_json() if kind == "json" else entry.as_text())


def _show(server: Server, as_json: bool) -> None:
    models = server.admin.models()
    places = {"http": str(server.http), "grpc": str(server.grpc), "metrics": f"{server.metrics}/metrics"}
    if as_json:
        click.echo(json.dumps({"models": models, **places}))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Model", "Version", "Status")
    for model in models:
        table.add_row(model["name"], model.get("version", "-"), model.get("state", "-"))
    Console().print(table)
    for name, place in places.items():
        click.echo(f"{name:8} {place}")
