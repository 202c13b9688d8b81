"""Files of pages, as options of commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tritonqa.datasets.natural_questions import Skip
from tritonqa.errors import InputError

files = click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
skip_invalid = click.option(
    "--skip-invalid", is_flag=True, help="Leave out pages that are not valid, and say which."
)


@contextmanager
def invalid_pages(wanted: bool) -> Iterator[Skip | None]:
    """Give what notes invalid pages on stderr and counts them at the end; None where that is unwanted."""
    if not wanted:
        yield None
        return
    count = 0

    def note(error: InputError) -> None:
        nonlocal count
        count += 1
        click.echo(f"skipped: {error}", err=True)

    yield note
    if count:
        click.echo(f"{count} skipped", err=True)
