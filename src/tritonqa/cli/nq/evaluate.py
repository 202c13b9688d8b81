"""tritonqa nq evaluate."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tritonqa.cli.nq.display import figure_lines
from tritonqa.cli.nq.files import files, invalid_pages, skip_invalid
from tritonqa.cli.options import as_json
from tritonqa.cli.output import show, whole, writable_folder
from tritonqa.datasets import natural_questions as dataset
from tritonqa.errors import InputError
from tritonqa.evaluate import natural_questions as metric
from tritonqa.evaluate.plots import require_matplotlib
from tritonqa.progress import bar


@click.command()
@files
@click.argument("predictions", type=click.Path(path_type=Path))
@click.option(
    "--least", type=click.IntRange(1),
    help="Annotators who must have an answer.  [default: 2; 1 where no page has more than one annotator]",
)  # fmt: skip
@click.option(
    "--long-threshold", type=float, help="Long answers count from this score on.  [default: the best]"
)
@click.option("--short-threshold", type=float, help="And short answers from this.  [default: the best]")
@click.option("--missing-is-null", is_flag=True, help="Count pages without a prediction as unanswered.")
@click.option("--losses", type=click.Path(path_type=Path), help="Write each page's loss as JSON lines.")
@click.option("--plots", type=click.Path(path_type=Path), help="Draw precision and recall into this folder.")
@skip_invalid
@as_json
def evaluate(
    files: tuple[Path, ...],
    predictions: Path,
    losses: Path | None,
    plots: Path | None,
    as_json: bool,
    skip_invalid: bool,
    **options: object,
) -> None:
    """Score PREDICTIONS (official JSON, or the competition's .csv) on the annotated pages of FILES.

    F1 at the best threshold and recall at given precisions are the official script's, micro F1 is the
    competition's; a table says why questions were lost.
    """
    if plots is not None:
        require_matplotlib()
        writable_folder(plots, "plots")
    found = dataset.read_predictions(predictions)
    gold, questions = _gold(files, skip_invalid)
    report = _evaluate(gold, found, **options)  # type: ignore[arg-type]
    if losses is not None:
        with whole(losses, "losses", [*files, predictions]) as stream:
            for loss in report.losses:
                row = {"example_id": loss.id, "question": questions[loss.id]}
                stream.write(
                    json.dumps({**row, "long": loss.long, "short": loss.short}, ensure_ascii=False) + "\n"
                )
    if plots is not None:
        from tritonqa.evaluate.natural_questions.plot import plot

        for path in plot(report.judged, plots):
            click.echo(f"wrote {path}", err=True)
    show(report.figures, as_json, figure_lines(report.figures))


def _evaluate(
    gold: dict[int, tuple[dataset.Annotation, ...]],
    found: dict[int, dataset.Prediction],
    least: int | None,
    long_threshold: float | None,
    short_threshold: float | None,
    missing_is_null: bool,
) -> metric.Report:
    thresholds = metric.Thresholds(long_threshold, short_threshold)
    return metric.evaluate(gold, found, thresholds, least, missing_is_null=missing_is_null)


def _gold(
    files: tuple[Path, ...], skip_invalid: bool
) -> tuple[dict[int, tuple[dataset.Annotation, ...]], dict[int, str]]:
    """Read the annotations and the questions by page."""
    gold, questions = {}, {}
    reading = dataset.Reading(files)
    with invalid_pages(skip_invalid) as skip, bar("pages") as step:
        for page in dataset.read_pages(files, skip, reading):
            gold[page.id], questions[page.id] = page.annotations, page.question
            step(len(gold), reading.pages(len(gold)))
    if not gold:
        raise InputError("the files hold no pages; give files of Natural Questions")
    return gold, questions
