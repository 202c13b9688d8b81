"""tritonqa evaluate."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tritonqa.errors import InputError
from tritonqa.evaluate import load_squad, score
from tritonqa.evaluate.plots import plot
from tritonqa.evaluate.run import evaluate as run
from tritonqa.reader import Reader
from tritonqa.reader.load import PACKAGED


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reader", default=PACKAGED, show_default=True, help="A bundle's folder or a model package.")
@click.option("--engine", help="onnx, openvino, torch or toy; chosen for this machine otherwise.")
@click.option("--precision", help="fp32, int8 or bf16, where the reader has it.")
@click.option("--threshold", default=0.5, show_default=True, help="No answer above this probability (2.0).")
@click.option("--prior", type=float, help="Share of questions that can be answered.  [default: 0.8]")
@click.option("--predictions", type=click.Path(path_type=Path), help="Score this {id: text} instead.")
@click.option("--output", type=click.Path(path_type=Path), help="Write each question's answer as JSON lines.")
@click.option("--plots", type=click.Path(path_type=Path), help="Write plots into this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the official keys as JSON.")
def evaluate(
    file: Path,
    reader: str,
    engine: str | None,
    precision: str | None,
    threshold: float,
    prior: float | None,
    predictions: Path | None,
    output: Path | None,
    plots: Path | None,
    as_json: bool,
) -> None:
    """Score a reader on FILE exactly as SQuAD's official script does."""
    from rich.console import Console
    from rich.progress import Progress

    from tritonqa.spans import Decoding

    dataset = load_squad(file)
    if predictions is not None:
        try:
            figures = dict(score(dataset, json.loads(predictions.read_text(encoding="utf-8"))))
        except (OSError, ValueError) as error:
            raise InputError(f"predictions {predictions} can't be read: {error}") from error
    else:
        decoding = Decoding(answerable_prior=prior) if prior is not None else None
        console = Console(stderr=True)
        with (
            Reader.load(reader, engine=engine, precision=precision, decoding=decoding) as opened,
            Progress(console=console, disable=not console.is_terminal) as progress,
        ):
            task = progress.add_task("asking", total=len(dataset.examples))
            report = run(opened, dataset, threshold, lambda: progress.advance(task))
        figures = report.figures
        if output is not None:
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in report.questions)
            output.write_text("".join(lines), encoding="utf-8")
        if plots is not None:
            for path in plot(report, plots):
                click.echo(f"wrote {path}", err=True)
    if as_json:
        click.echo(json.dumps(figures))
    else:
        for name, value in figures.items():
            click.echo(f"{name:20} {value:.3f}" if isinstance(value, float) else f"{name:20} {value}")
