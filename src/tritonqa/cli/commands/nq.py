"""tritonqa nq."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from tritonqa.cli.nq_display import figure_lines
from tritonqa.cli.options import as_json, engine_options, reader_name
from tritonqa.cli.output import show, whole, writable_folder
from tritonqa.datasets import natural_questions as dataset
from tritonqa.errors import InputError
from tritonqa.evaluate import natural_questions as metric
from tritonqa.evaluate.plots import require_matplotlib
from tritonqa.natural_questions import SCORE, PageOptions, predict_files
from tritonqa.natural_questions.passages import MARKUPS
from tritonqa.progress import bar
from tritonqa.reader.load import load_in_process

files = click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
skip_invalid = click.option(
    "--skip-invalid", is_flag=True, help="Leave out pages that are not valid, and say which."
)


@click.group()
def nq() -> None:
    """Work with Natural Questions: whole pages in; long, short, yes or no answers, or none, out.

    Pages are files of JSON lines in the official or the simplified format, also .gz.
    """


@nq.command()
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
    done = 0
    with _invalid(skip_invalid) as skip, _pages_file(output) as stream, bar("pages") as step:
        for record, _ in dataset.read_records(file, skip):
            if dataset.is_official(record) != (to == "official"):
                record = dataset.expand(record) if to == "official" else dataset.simplify(record)
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
            done += 1
            step(done, None)
    show({"pages": done, "output": str(output)}, as_json, [f"wrote {done} pages to {output}"])


@nq.command()
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
        with whole(losses, "losses") as stream:
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
    with _invalid(skip_invalid) as skip, bar("pages") as step:
        for page in dataset.read_pages(files, skip):
            if page.id in gold:
                raise InputError(f"page {page.id} is there twice; give each file once")
            gold[page.id], questions[page.id] = page.annotations, page.question
            step(len(gold), None)
    if not gold:
        raise InputError("the files hold no pages; give files of Natural Questions")
    return gold, questions


@nq.command()
@files
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True,
    help="Predictions: official JSON, or the competition's .csv.",
)  # fmt: skip
@reader_name
@engine_options
@click.option(
    "--markup", type=click.Choice(MARKUPS), default="drop", show_default=True, help="HTML in a passage."
)
@click.option(
    "--long-threshold", "long_from", type=float, help="A CSV holds long answers from this score on."
)
@click.option("--short-threshold", "short_from", type=float, help="And short answers from this.")
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
    wanted = PageOptions(**{name: value for name, value in options.items() if value is not None})
    backend = load_in_process(reader, engine, precision)
    name = f"{reader} {backend.flow.engine.name}/{backend.flow.engine.precision}"
    with _invalid(skip_invalid) as skip, bar("pages") as step, closing(backend):
        count = predict_files(backend, name, files, output, wanted, skip, step)
    record = {"pages": count, "output": str(output), "score": SCORE}
    show(record, as_json, [f"wrote predictions of {count} pages to {output}", SCORE])


@contextmanager
def _invalid(wanted: bool) -> Iterator[dataset.Skip | None]:
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


@contextmanager
def _pages_file(path: Path) -> Iterator[io.TextIOBase]:
    """Open a new file of pages, packed where it is called .gz; it takes its place when all is written."""
    with whole(path, "output") as plain:
        if path.suffix != ".gz":
            yield plain  # type: ignore[misc]
            return
        packed = gzip.GzipFile("", "wb", 6, plain.buffer, 0)
        with packed, io.TextIOWrapper(packed, encoding="utf-8") as stream:
            yield stream
