"""tritonqa triton."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group()
def triton() -> None:
    """Manage the real Triton that `tritonqa serve` runs without Docker."""


@triton.command()
@click.option("--wheels", type=click.Path(path_type=Path), help="A folder with the wheels: no network.")
@click.option("--again", is_flag=True, help="Install even if it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print where it lies as JSON.")
def install(wheels: Path | None, again: bool, as_json: bool) -> None:
    """Get the pinned server through pip, verify it, and unpack it into the user's cache."""
    from tritonqa.triton.install import install as run
    from tritonqa.triton.runtime import SERVER_VERSION

    runtime = run(wheels, again=again, say=lambda text: click.echo(text, err=True))
    if as_json:
        click.echo(json.dumps({"version": SERVER_VERSION, "folder": str(runtime.folder)}))
    else:
        click.echo(f"Triton {SERVER_VERSION} is in {runtime.folder}")
