"""tritonqa deploy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tritonqa.cli.fields import add_options, filled, named_by_option
from tritonqa.cli.options import as_json
from tritonqa.cli.output import show
from tritonqa.cli.serve_options import models_options, server_options
from tritonqa.deploy import DeployOptions
from tritonqa.deploy import deploy as write
from tritonqa.deploy.options import TARGETS
from tritonqa.errors import InputError
from tritonqa.reader.find import PACKAGED
from tritonqa.triton.repository.options import Models
from tritonqa.triton.server.options import Serving


@click.command()
@click.argument("target", type=click.Choice(TARGETS))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("reader", default=PACKAGED)
@add_options(DeployOptions)
@models_options
@server_options
@as_json
def deploy(
    target: str,
    folder: Path,
    reader: str,
    models: Models,
    serving: Serving,
    as_json: bool,
    **given: Any,
) -> None:
    """Write into DIR what runs READER elsewhere: files for Kubernetes, KServe or Compose.

    The options of models and server are those of `tritonqa serve`. READER is a model package that is in the
    image. Secrets are named in the files and never written.
    """
    if Path(reader).exists():
        raise InputError(
            f"reader {reader} is on this machine alone; install it in the image, and name the package"
        )
    with named_by_option(DeployOptions):
        options = filled(DeployOptions, given, reader=reader, models=models, serving=serving)
    written = write(target, folder, options)
    record = {"target": target, "files": [str(path) for path in written]}
    show(record, as_json, [*(f"wrote {path}" for path in written), *_next(target, folder, options)])


def _next(target: str, folder: Path, options: DeployOptions) -> Iterator[str]:
    """Say what remains to be done by hand."""
    if target == "compose":
        token = "TRITONQA_WEB_TOKEN=$(openssl rand -hex 24) " if options.web else ""
        yield f"next: {token}docker compose --project-directory {folder} up"
        return
    into = f" --namespace {options.namespace}" if options.namespace else ""
    for name in [options.secret, *([f"{options.name}-web"] if options.web else [])]:
        yield f"next: kubectl create secret generic {name}{into} --from-literal=token=$(openssl rand -hex 24)"
    yield f"next: kubectl apply{into} -f {folder}"
