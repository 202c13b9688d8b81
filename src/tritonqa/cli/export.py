"""tritonqa export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tritonqa.bundle import Manifest
from tritonqa.cli.options import as_json
from tritonqa.cli.output import emit
from tritonqa.export import FORMATS, ExportOptions
from tritonqa.export import export as run
from tritonqa.export.options import Report


@click.command()
@click.argument("source")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="The bundle's folder.")
@click.option(
    "-f", "--format", "formats", multiple=True, default=["onnx"], show_default=True,
    help=f"Repeatable: {', '.join(FORMATS)}, or all.",
)  # fmt: skip
@click.option("--name", help="The reader's name.  [default: the folder's]")
@click.option("--licence", default="unknown", show_default=True, help="Licence of the weights.")
@click.option("--max-length", type=int, help="Tokens a window has at most.  [default: 384]")
@click.option("--asks", type=click.Path(path_type=Path), help="Verify on this SQuAD file instead.")
@click.option("--max-f1-loss", default=1.0, show_default=True, help="F1 points INT8 may lose.")
@click.option("--triton", type=click.Path(path_type=Path), help="Write Triton's model repository here too.")
@as_json
def export(
    source: str,
    output: Path,
    formats: tuple[str, ...],
    name: str | None,
    licence: str,
    max_length: int | None,
    asks: Path | None,
    max_f1_loss: float,
    triton: Path | None,
    as_json: bool,
) -> None:
    """Export SOURCE, a checkpoint's folder, to a verified bundle."""
    chosen = tuple(FORMATS) if "all" in formats else formats
    options = ExportOptions(chosen, name, licence, max_length, asks, max_f1_loss)
    with _progress() as report:
        bundle = run(Path(source), output, options, report)
    if triton is not None:
        from tritonqa.triton.describe import Encoding
        from tritonqa.triton.repository import build

        build(bundle, triton, encoding=Encoding())
    if as_json:
        emit(json.dumps(bundle.manifest.to_dict(), ensure_ascii=False))
    else:
        _show(bundle.manifest)


@contextmanager
def _progress() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        tasks = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done)

        yield report


def _show(manifest: Manifest) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("file", "precision", "MB", "same answers", "largest difference", title=manifest.name)
    for item in manifest.formats:
        same, apart = item.parity["same_answers"], item.parity["max_difference"]
        table.add_row(item.file, item.precision, f"{item.size / 1e6:.1f}", f"{same:.1%}", f"{apart:.2g}")
    Console().print(table)
