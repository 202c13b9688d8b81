"""tritonqa nq convert."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tritonqa.cli.nq.files import invalid_pages, skip_invalid
from tritonqa.cli.options import as_json
from tritonqa.cli.output import show, whole
from tritonqa.datasets import natural_questions as dataset
from tritonqa.progress import bar


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The new file, also .gz."
)
@click.option("--to", type=click.Choice(["official", "simplified"]), required=True, help="The format wanted.")
@skip_invalid
@as_json
def convert(file: Path, output: Path, to: str, skip_invalid: bool, as_json: bool) -> None:
    """Write the pages of FILE in the other format; those that are in it already stay as they are.

    What the simplified format leaves out, HTML and bytes, is written anew from the tokens.
    """
    done, reading = 0, dataset.Reading([file])
    with invalid_pages(skip_invalid) as skip, _pages_file(output, file) as stream, bar("pages") as step:
        for record, _ in dataset.read_records(file, skip, reading):
            if dataset.is_official(record) != (to == "official"):
                record = dataset.expand(record) if to == "official" else dataset.simplify(record)
            line = json.dumps(record, ensure_ascii=False) + "\n"
            stream.write(line.encode("utf-8", "backslashreplace").decode())  # a lone surrogate is \udc80
            done += 1
            step(done, reading.pages(done))
    show({"pages": done, "output": str(output)}, as_json, [f"wrote {done} pages to {output}"])


@contextmanager
def _pages_file(path: Path, source: Path) -> Iterator[io.TextIOBase]:
    """Open a new file of pages, packed where it is called .gz; it takes its place when all is written."""
    with whole(path, "output", [source]) as plain:
        if path.suffix != ".gz":
            yield plain  # type: ignore[misc]
            return
        packed = gzip.GzipFile("", "wb", 6, plain.buffer, 0)
        with packed, io.TextIOWrapper(packed, encoding="utf-8") as stream:
            yield stream
