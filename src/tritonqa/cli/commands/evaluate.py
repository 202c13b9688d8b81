"""tritonqa evaluate."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Unpack

import click

from tritonqa.cli.options import answer_options, as_json, reader_options
from tritonqa.cli.output import emit, whole, writable_folder
from tritonqa.datasets import Dataset, load_squad
from tritonqa.errors import InputError
from tritonqa.evaluate import score
from tritonqa.evaluate.plots import plot, require_matplotlib
from tritonqa.evaluate.run import evaluate as run
from tritonqa.progress import bar
from tritonqa.reader import Reader
from tritonqa.spans import AskOptions


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@reader_options
@answer_options
@click.option("--predictions", type=click.Path(path_type=Path), help="Score this {id: text} instead.")
@click.option("--output", type=click.Path(path_type=Path), help="Write each question's answer as JSON lines.")
@click.option("--plots", type=click.Path(path_type=Path), help="Write plots into this folder.")
@as_json
def evaluate(
    file: Path,
    predictions: Path | None,
    output: Path | None,
    plots: Path | None,
    as_json: bool,
    load: Callable[[], Reader],
    **options: Unpack[AskOptions],
) -> None:
    """Score a reader on FILE exactly as SQuAD's official script does."""
    dataset = load_squad(file)
    if predictions is not None:
        if output is not None or plots is not None:
            raise InputError("predictions are texts alone; --output and --plots need a reader's answers")
        figures: dict[str, Any] = dict(score(dataset, _predictions(predictions, dataset)))
    else:
        figures = _run(load, dataset, options, output, plots)
    if as_json:
        emit(json.dumps(figures))
    else:
        for name, value in figures.items():
            emit(f"{name:20} {value:.3f}" if isinstance(value, float) else f"{name:20} {value}")


def _run(
    load: Callable[[], Reader], dataset: Dataset, options: AskOptions, output: Path | None, plots: Path | None
) -> dict[str, Any]:
    """Ask all questions, once it is sure that the results can be written."""
    if plots is not None:
        require_matplotlib()
        writable_folder(plots, "plots")
    with whole(output, "output") if output is not None else nullcontext() as lines:
        with load() as reader, bar("questions") as step:
            _say_threshold(dataset, reader, options)
            report = run(reader, dataset, step, reader.calibration, **options)
        if lines is not None:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in report.rows)
    if plots is not None:
        for path in plot(report, plots):
            click.echo(f"wrote {path}", err=True)
    return report.figures


def _say_threshold(dataset: Dataset, reader: Reader, options: AskOptions) -> None:
    """Say on stderr where exact and f1 are not what published figures are comparable with."""
    fitted = reader.calibration is not None and reader.calibration.answer_from is not None
    if dataset.version == "2.0" and not fitted and options.get("no_answer_threshold") is None:
        click.echo(
            "this reader brings no threshold fitted on other questions: exact and f1 are those at the "
            "default no_answer_threshold; give yours with --no-answer-threshold",
            err=True,
        )


def _predictions(path: Path, dataset: Dataset) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"predictions {path} can't be read: {error.strerror}; give a JSON file") from error
    except ValueError as error:
        raise InputError(f"predictions {path} is not valid JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise InputError(f"predictions {path} must be a JSON object of question id: text")
    missing = sum(example.id not in found for example in dataset.examples)
    if missing == len(dataset.examples):
        raise InputError(f"predictions {path} holds no id of the questions; give those of this file")
    if missing:
        click.echo(f"{missing} of {len(dataset.examples)} questions have no prediction", err=True)
    return found
