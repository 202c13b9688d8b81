"""tritonqa serve."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tritonqa.cli.fields import named_by_option
from tritonqa.cli.options import as_json
from tritonqa.cli.output import emit, show
from tritonqa.cli.serve_options import models_options, server_options
from tritonqa.errors import InputError
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.triton.repository.options import BACKENDS, LogitsOptions, Models
from tritonqa.triton.repository.write import build
from tritonqa.triton.server.docker import IMAGE, docker_command, run
from tritonqa.triton.server.options import Serving
from tritonqa.triton.server.registry import working_folder
from tritonqa.triton.server.stop import Stop

if TYPE_CHECKING:
    from tritonqa.triton.server.server import Server


@click.command()
@click.argument("reader", default=PACKAGED)
@click.option("--repository", type=click.Path(path_type=Path), help="Where the models are written, or found.")
@click.option("--build-only", is_flag=True, help="Write the repository and stop.")
@models_options
@server_options
@click.option("--logs", type=click.Choice(["text", "json", "none"]), default="text", show_default=True)
@click.option("--docker", is_flag=True, help="Print and run the container instead.")
@click.option("--image", default=IMAGE, show_default=True, help="The container's image.")
@click.option("--gpus", is_flag=True, help="Give the container the GPUs.")
@as_json
def serve(
    reader: str,
    repository: Path | None,
    build_only: bool,
    models: Models,
    serving: Serving,
    as_json: bool,
    **options: Any,
) -> None:
    """Serve READER on a real Triton until Ctrl-C: HTTP, gRPC and metrics.

    READER is a bundle's or checkpoint's folder, a model package, or a Hub id. The server itself is installed
    on first use.
    """
    if options["docker"]:
        _check_contained(serving, build_only, options["logs"], as_json)
    else:
        _check_own(models, build_only, options)
    if build_only:
        if repository is None:
            raise InputError("--repository is missing; give --build-only with --repository DIR")
        build(find_bundle(reader), repository, models)
        show({"repository": str(repository)}, as_json, [f"wrote {repository}"])
        return
    with working_folder() as own:
        folder = repository or own / "repository"
        if folder.exists():
            _check_found(folder, reader, models)
        else:
            build(find_bundle(reader), folder, models)
        if options["docker"]:
            raise click.exceptions.Exit(_contain(folder, serving, options["image"], options["gpus"]))
        _run(folder, serving, options["logs"], as_json)


def _check_found(folder: Path, reader: str, models: Models) -> None:
    """Raise InputError where a repository is found and something is asked that its files would have to say.

    A rate limit is the server's own option too.
    """
    if not any(folder.glob("*/config.pbtxt")):
        raise InputError(
            f"--repository {folder} is there and holds no models; name a folder that is not there yet"
        )
    logits = models.logits and replace(models.logits, rate_limit=None)
    if reader != PACKAGED or replace(models, logits=logits) != Models(logits=LogitsOptions()):
        raise InputError(
            f"--repository {folder} is there already and is served as it was written; leave READER and the "
            "options of its models away, or name a new folder"
        )


def _check_own(models: Models, build_only: bool, options: Mapping[str, Any]) -> None:
    """Raise InputError for what goes with a container alone."""
    if options["gpus"] or options["image"] != IMAGE:
        raise InputError("--gpus and --image go with --docker")
    if build_only:
        return
    if models.logits is not None and models.logits.backend != BACKENDS[0]:
        raise InputError(
            f"--backend {models.logits.backend} is in the container alone; add --docker or --build-only"
        )


def _check_contained(serving: Serving, build_only: bool, logs: str, as_json: bool) -> None:
    """Raise InputError for what the container would not be told."""
    lost = {
        "--build-only": build_only,
        "--json": as_json,
        "--logs": logs != "text",
        "--grace": serving.grace > 0,
        "--rate-limit": serving.rate_limit is not None,
        "--tls-certificate": serving.certificate is not None,
    }
    if given := [name for name, is_given in lost.items() if is_given]:
        raise InputError(
            f"{given[0]} does not go with --docker; leave it away, or write docker's own command"
        )


def _run(folder: Path, serving: Serving, logs: str, as_json: bool) -> None:
    from tritonqa.triton.runtime.install import install
    from tritonqa.triton.server.server import Server
    from tritonqa.triton.server.supervise import supervise

    runtime = install(say=_say)
    with named_by_option(Serving):
        serving.with_ports()  # before a model is loaded
    stop = Stop()
    stop.set_on("SIGINT", "SIGTERM", "SIGHUP")

    def start(died: Server | None) -> Server:
        return Server.start(
            runtime, folder, died.serving if died else serving, partial(_log, kind=logs), stop
        )

    supervise(start, stop, partial(_show, as_json=as_json), partial(_tell, kind=logs))


def _contain(folder: Path, serving: Serving, image: str, gpus: bool) -> int:
    command = docker_command(folder, serving.with_ports(), image, gpus=gpus)
    emit(shlex.join(command))
    return run(command)


def _say(text: str) -> None:
    click.echo(text, err=True)


def _tell(text: str, kind: str) -> None:
    """Say what the server itself did not, in the form of its log."""
    from tritonqa.triton.server.logs import Entry

    _say(Entry("info", datetime.now().isoformat(), "serve", text).as_json() if kind == "json" else text)


def _log(line: str, kind: str) -> None:
    from tritonqa.triton.server.logs import read

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
