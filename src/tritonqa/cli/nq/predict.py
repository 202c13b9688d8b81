"""tritonqa nq predict."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from tritonqa.cli.nq.files import files, invalid_pages, skip_invalid
from tritonqa.cli.options import as_json, engine_options
from tritonqa.cli.output import show
from tritonqa.client.address import is_address
from tritonqa.errors import InputError
from tritonqa.natural_questions import SCORE, PageOptions, predict_files
from tritonqa.natural_questions.passages import MARKUPS
from tritonqa.progress import bar
from tritonqa.reader.find import PACKAGED, find_bundle
from tritonqa.reader.load import load_in_process


@click.command()
@files
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True,
    help="Predictions: official JSON, or the competition's .csv.",
)  # fmt: skip
@click.option(
    "--reader", default=PACKAGED, show_default=True,
    help="A bundle's or checkpoint's folder, a model package, or a Hub id.",
)  # fmt: skip
@engine_options
@click.option(
    "--markup", type=click.Choice(MARKUPS), help="HTML in a passage.  [default: the reader's, or drop]"
)
@click.option("--long-threshold", type=float, help="A CSV holds long answers from this score on.")
@click.option("--short-threshold", type=float, help="And short answers from this.")
@click.option(
    "--longest", type=click.IntRange(1), help="Words of a short answer at most; NQ-open's have five."
)
@click.option("--limit", type=click.IntRange(1), help="Pages at most.")
@click.option("--resume", is_flag=True, help="Go on from what an interrupted run has predicted.")
@skip_invalid
@as_json
def predict(
    files: tuple[Path, ...],
    output: Path,
    reader: str,
    engine: str | None,
    precision: str | None,
    skip_invalid: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Answer the questions of FILES from their whole pages.

    What is predicted is kept in OUTPUT.partial as it comes; OUTPUT is written at the end, at once.
    """
    if is_address(reader):
        raise InputError(
            "pages are read in process, window by window; give a bundle, and a Triton's address as --engine"
        )
    wanted = PageOptions.of(find_bundle(reader).manifest.pages, **options)
    backend = load_in_process(reader, engine, precision)
    name = f"{reader} {backend.flow.engine.name}/{backend.flow.engine.precision}"
    with invalid_pages(skip_invalid) as skip, bar("pages") as step, closing(backend):
        count = predict_files(backend, name, files, output, wanted, skip, step)
    record = {"pages": count, "output": str(output), "score": SCORE}
    show(record, as_json, [f"wrote predictions of {count} pages to {output}", SCORE])
