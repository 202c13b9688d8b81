"""tritonqa nq train."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import click

from tritonqa.cli.nq.display import figure_lines
from tritonqa.cli.nq.files import files, invalid_pages, skip_invalid
from tritonqa.cli.options import as_json
from tritonqa.cli.output import show
from tritonqa.cli.signals import ended_by_term
from tritonqa.export import ExportOptions
from tritonqa.natural_questions.passages import MARKUPS
from tritonqa.natural_questions.train import PageRecipe, train_pages
from tritonqa.progress import stages
from tritonqa.reader.find import PACKAGED
from tritonqa.train.run import FORMATS

_DEFAULT = PageRecipe()


@click.command()
@files
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The new bundle's folder."
)
@click.option(
    "--reader", default=PACKAGED, show_default=True,
    help="What to start from: a checkpoint's folder, a bundle with its checkpoint, a Hub id.",
)  # fmt: skip
@click.option("--epochs", default=_DEFAULT.fit.epochs, show_default=True, help="Times to go over the data.")
@click.option(
    "--learning-rate",
    default=_DEFAULT.fit.optimisation.learning_rate,
    show_default=True,
    help="Of the heads; layers below learn more slowly.",
)
@click.option(
    "--batch-tokens", default=_DEFAULT.fit.batch_tokens, show_default=True, help="Tokens of a step."
)
@click.option("--nulls", default=_DEFAULT.nulls, show_default=True, help="Null passages of each page.")
@click.option("--markup", type=click.Choice(MARKUPS), default=_DEFAULT.markup, show_default=True)
@click.option(
    "--frozen",
    default=_DEFAULT.fit.optimisation.frozen,
    show_default=True,
    help="Layers, from the first on, that stay as they are.",
)
@click.option(
    "--yes-no-epochs",
    default=_DEFAULT.yes_no_epochs,
    show_default=True,
    help="Times to go first over what yes or no answers, alone.",
)
@click.option(
    "--held-out", default=_DEFAULT.held_out, show_default=True, help="Share of pages to fit thresholds on."
)
@click.option("--judged", default=_DEFAULT.judged, show_default=True, help="Of those, how many at most.")
@click.option(
    "-f",
    "--format",
    "formats",
    multiple=True,
    default=FORMATS,
    show_default=True,
    help="Exported; repeatable.",
)
@click.option("--seed", default=_DEFAULT.fit.seed, show_default=True, help="Draws nulls, order and dropout.")
@skip_invalid
@as_json
def train(
    files: tuple[Path, ...],
    output: Path,
    reader: str,
    formats: tuple[str, ...],
    skip_invalid: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Teach a reader spans and answer types from annotated pages, and export it to a verified bundle.

    A part of the pages is held out, to judge the reader by and to fit its thresholds on. Interrupted, the
    same command goes on from where it was.
    """
    steps = {name: options.pop(name) for name in ("learning_rate", "frozen")}
    optimisation = replace(_DEFAULT.fit.optimisation, **steps)
    chosen = {name: options.pop(name) for name in ("epochs", "batch_tokens", "seed")}
    fit = replace(_DEFAULT.fit, optimisation=optimisation, **chosen)
    with invalid_pages(skip_invalid) as skip, stages() as report, ended_by_term():
        recipe, exported = PageRecipe(**options, fit=fit), ExportOptions(formats, output.name)
        trained = train_pages(reader, files, output, recipe, report, skip, exported)
    bundle = trained.bundle.manifest.to_dict()
    record = {"learnt": trained.learnt, "figures": trained.figures, "bundle": bundle}
    head = f"learnt from {trained.learnt} passages; on pages held out:"
    show(record, as_json, chain([head], figure_lines(trained.figures)))
