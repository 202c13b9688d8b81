"""tritonqa index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from tritonqa.cli.library_display import tell
from tritonqa.cli.library_options import DOCUMENTS, Place, library_folder, parse_options
from tritonqa.cli.options import as_json
from tritonqa.cli.output import show
from tritonqa.library.index import Report
from tritonqa.library.index.walk import absolute
from tritonqa.library.library import Library
from tritonqa.library.parse import ParseOptions
from tritonqa.progress import bar


@click.command()
@click.argument("paths", nargs=-1, required=True, type=DOCUMENTS)
@library_folder
@click.option("--watch", is_flag=True, help="Go on, and follow every change until interrupted.")
@parse_options
@as_json
def index(paths: tuple[Path, ...], library: Place, watch: bool, options: ParseOptions, as_json: bool) -> None:
    """Bring a library to what the files and folders at PATHS hold now.

    What is new or changed is read, what is gone forgotten; what can't be read is named with its reason.
    Ends with exit code 2 where that is one of PATHS itself.
    """
    with Library(library, options=options) as opened:
        if watch:
            for report in opened.watch(paths):
                show(report.to_dict(), as_json, _lines(report))
            return
        with bar("indexing") as step:
            report = opened.add(paths, step=step)
        show(report.to_dict(), as_json, _lines(report))
    if {str(path) for path in absolute(paths)} & {one.path for one in report.skipped}:
        click.get_current_context().exit(2)


def _lines(report: Report) -> Iterator[str]:
    """Say what indexing did; what was skipped goes to stderr."""
    done = {name: len(getattr(report, name)) for name in ("added", "changed", "moved", "removed", "skipped")}
    counted = [f"{count} {name}" for name, count in done.items() if count]
    yield f"{', '.join([*counted, f'{report.unchanged} unchanged'])}; {report.passages} passages"
    tell(report)
