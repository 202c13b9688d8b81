"""Options of the commands that work on a library."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from tritonqa.library.parse import ParseOptions

library_folder = click.option(
    "--library", required=True, type=click.Path(path_type=Path), help="The library's folder; made if need be."
)


def parse_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --password and --ocr; the command gets options."""

    @click.option("--password", multiple=True, help="Tried on encrypted documents; repeatable.")
    @click.option("--ocr", is_flag=True, help="Read pages that have no text from their image.")
    @wraps(command)
    def wrapped(*, password: tuple[str, ...], ocr: bool, **rest: Any) -> None:
        command(options=ParseOptions(passwords=password, ocr=ocr), **rest)

    return wrapped
