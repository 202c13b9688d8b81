"""tritonqa evaluate."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial, wraps
from pathlib import Path
from typing import Any, TypeAlias, cast

import click

from tritonqa.cli.library_display import taken
from tritonqa.cli.library_options import LIBRARY, Place
from tritonqa.cli.options import answer_options, as_json, language_option, reader_options
from tritonqa.cli.output import emit, show, whole, writable_folder
from tritonqa.datasets import Dataset, load_predictions, load_squad
from tritonqa.datasets.example import require_text
from tritonqa.errors import InputError
from tritonqa.evaluate import score
from tritonqa.evaluate.language import Language
from tritonqa.evaluate.plots import plot, require_matplotlib
from tritonqa.evaluate.run import Report
from tritonqa.evaluate.run import evaluate as run
from tritonqa.library.evaluate import evaluate as evaluate_library
from tritonqa.library.library import Library
from tritonqa.progress import bar
from tritonqa.reader import Reader
from tritonqa.spans import AskOptions
from tritonqa.staging import require_other

Scoring: TypeAlias = Callable[[Dataset, Language], dict[str, Any]]


def prediction_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --predictions, --na-probs; the command gets given, which scores what they name, or None."""

    @click.option(
        "--predictions",
        type=click.Path(path_type=Path),
        help="Score these instead: {id: text}, nbest, Hugging Face's list, or what --output wrote.",
    )
    @click.option(
        "--na-probs",
        type=click.Path(path_type=Path),
        help="{id: probability of no answer} of the predictions.",
    )
    @wraps(command)
    def wrapped(*, predictions: Path | None, na_probs: Path | None, **rest: Any) -> None:
        if predictions is None and na_probs is not None:
            raise InputError("na-probs go with --predictions; give them as well")
        threshold = rest.get("no_answer_threshold")
        given = partial(_score, predictions, na_probs, threshold) if predictions is not None else None
        command(given=given, **rest)

    return wrapped


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--library",
    type=LIBRARY,
    help="Ask this library of documents instead of each question's own context.",
)
@reader_options
@answer_options
@prediction_options
@click.option(
    "--predict-only", is_flag=True, help="Write the answers of questions without gold; score nothing."
)
@language_option
@click.option("--output", type=click.Path(path_type=Path), help="Write each question's answer as JSON lines.")
@click.option("--plots", type=click.Path(path_type=Path), help="Write plots into this folder.")
@as_json
def evaluate(
    file: Path,
    library: Place | None,
    given: Scoring | None,
    predict_only: bool,
    output: Path | None,
    plots: Path | None,
    as_json: bool,
    load: Callable[[], Reader],
    **options: Any,
) -> None:
    """Score a reader on FILE exactly as SQuAD's official script does, or a library on FILE's questions.

    FILE is SQuAD's JSON or one of its dialects: rows, JSON lines, MRQA's, CSV or TSV with named columns;
    also .gz.
    """
    rules = Language(options.pop("language"))
    asked = cast("AskOptions", options)
    if output is not None:
        require_other(output, "output", [file])
    if predict_only:
        if given is not None or plots is not None or library is not None:
            raise InputError("--predict-only scores nothing; leave out --predictions, --plots and --library")
        _predict(load, load_squad(file, gold=False), asked, output)
        return
    dataset = load_squad(file, contexts=library is None)
    if library is not None and given is not None:
        raise InputError("library is asked afresh; leave out --predictions")
    if given is not None:
        if output is not None or plots is not None:
            raise InputError("predictions are texts alone; --output and --plots need a reader's answers")
        figures = given(dataset, rules)
    else:
        make = partial(_ask, load, dataset, asked, rules)
        if library is not None:
            make = partial(_ask_library, library, load, dataset, taken(asked), rules)
        figures = _run(make, output, plots)
    shown = {name: f"{value:.3f}" if isinstance(value, float) else value for name, value in figures.items()}
    show(figures, as_json, (f"{name:20} {value}" for name, value in shown.items()))


def _predict(load: Callable[[], Reader], dataset: Dataset, options: AskOptions, output: Path | None) -> None:
    """Write each question's answer as a JSON line, to output or to stdout, as they come."""
    require_text(dataset.examples)
    pairs = [(example.question, example.context) for example in dataset.examples]
    with whole(output, "output") if output is not None else nullcontext() as lines:
        with load() as reader, bar("questions", hidden=output is None) as step:
            found = reader.ask_many(pairs, **options)
            for done, (example, answers) in enumerate(zip(dataset.examples, found, strict=True), 1):
                text = answers[0].text if answers else ""
                row = json.dumps(
                    {"id": example.id, "prediction": text, **answers.to_dict()}, ensure_ascii=False
                )
                if lines is not None:
                    lines.write(row + "\n")
                else:
                    emit(row)
                step(done, len(pairs))


def _run(make: Callable[[], Report], output: Path | None, plots: Path | None) -> dict[str, Any]:
    """Ask all questions, once it is sure that the results can be written."""
    if plots is not None:
        require_matplotlib()
        writable_folder(plots, "plots")
    with whole(output, "output") if output is not None else nullcontext() as lines:
        report = make()
        if lines is not None:
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in report.rows)
    if plots is not None:
        for path in plot(report, plots):
            click.echo(f"wrote {path}", err=True)
    return report.figures


def _ask(load: Callable[[], Reader], dataset: Dataset, options: AskOptions, language: Language) -> Report:
    with load() as reader, bar("questions") as step:
        report = run(reader, dataset, step, reader.calibration, language, **options)
    _say_threshold(dataset, reader, options)
    return report


def _ask_library(
    folder: Place, load: Callable[[], Reader], dataset: Dataset, options: dict[str, Any], language: Language
) -> Report:
    with load() as reader, Library(folder, reader) as opened, bar("questions") as step:
        return evaluate_library(opened, dataset, step, language=language, **options)


def _say_threshold(dataset: Dataset, reader: Reader, options: AskOptions) -> None:
    """Say on stderr where exact and f1 are not what published figures are comparable with."""
    fitted = reader.calibration is not None and reader.calibration.answer_from is not None
    if dataset.version == "2.0" and not fitted and options.get("no_answer_threshold") is None:
        click.echo(
            "this reader brings no threshold fitted on other questions: exact and f1 are those at the "
            "default no_answer_threshold; give yours with --no-answer-threshold",
            err=True,
        )


def _score(
    path: Path, na_probs: Path | None, threshold: float | None, dataset: Dataset, language: Language
) -> dict[str, Any]:
    """Score predictions as the official script does: without a threshold all that were given count."""
    found = load_predictions(path, na_probs)
    missing = sum(example.id not in found.texts for example in dataset.examples)
    if missing == len(dataset.examples):
        raise InputError(f"predictions {path} holds no id of the questions; give those of this file")
    if missing:
        click.echo(f"{missing} of {len(dataset.examples)} questions have no prediction", err=True)
    least = 1.0 if threshold is None else threshold
    figures = score(dataset, found.texts, found.na_probs, least, language)
    return {**figures, "language": language.code}
