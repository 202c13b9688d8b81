"""tritonqa library."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tritonqa.cli.options import as_json
from tritonqa.cli.output import show
from tritonqa.library.library import Library

folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.group()
def library() -> None:
    """Look into a library of documents and look after it."""


@library.command()
@folder
@as_json
def status(folder: Path, as_json: bool) -> None:
    """Say what a library at DIR holds, and which files it could not read."""
    with Library(folder) as opened:
        searched = opened.searched()
    show(asdict(searched), as_json, [f"{searched.files} files, {searched.passages} passages"])
