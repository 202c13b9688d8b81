"""tritonqa export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tritonqa.bundle import Manifest
from tritonqa.bundle.manifest import MANIFEST
from tritonqa.cli.options import as_json
from tritonqa.cli.output import show
from tritonqa.cli.signals import ended_by_term
from tritonqa.errors import InputError
from tritonqa.export import FORMATS, ExportOptions
from tritonqa.export import export as run
from tritonqa.progress import stages
from tritonqa.triton.repository.options import LogitsOptions, Models
from tritonqa.triton.repository.write import build, check_target


@click.command()
@click.argument("source")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The new bundle's folder; a SOURCE that is a bundle is added to without it.",
)
@click.option(
    "-f", "--format", "formats", multiple=True, default=["onnx"], show_default=True,
    help=f"Repeatable: {', '.join(FORMATS)}, or all.",
)  # fmt: skip
@click.option("--name", help="The reader's name.  [default: the folder's]")
@click.option("--licence", default="unknown", show_default=True, help="Licence of the weights.")
@click.option("--max-length", type=int, help="Tokens a window has at most.  [default: 384]")
@click.option("--asks", type=click.Path(path_type=Path), help="Verify on this SQuAD file instead.")
@click.option(
    "--ranges",
    "--calibrate",
    type=click.Path(path_type=Path),
    help="Set the ranges of INT8 by this SQuAD file instead.",
)
@click.option("--max-f1-loss", default=1.0, show_default=True, help="Points of F1 that INT8 may lose.")
@click.option("--triton", type=click.Path(path_type=Path), help="Write Triton's model repository here too.")
@as_json
def export(
    source: str,
    output: Path | None,
    triton: Path | None,
    as_json: bool,
    formats: tuple[str, ...],
    **options: Any,
) -> None:
    """Export SOURCE to a verified bundle: a checkpoint's folder, or owner/name[@revision] of the Hub.

    Formats are added to a SOURCE that is a bundle.

    Every format is held to torch before anything is written: over the limit it is refused, and nothing stays.
    """
    chosen = ExportOptions(tuple(FORMATS) if "all" in formats else formats, **options)
    if output is None and not (Path(source) / MANIFEST).is_file():
        raise InputError("output is missing; give --output FOLDER")
    if triton is not None:
        check_target(triton)
    with stages() as report, ended_by_term():
        bundle = run(source, output or Path(source), chosen, report)
    if triton is not None:
        build(bundle, triton, Models(logits=LogitsOptions()))
    show(bundle.manifest.to_dict(), as_json, _rows(bundle.manifest))


_ROW = "{:30} {:12} {:>8} {:>7} {:>10} {:>6} {:>6}"


def _rows(manifest: Manifest) -> Iterator[str]:
    yield _ROW.format("file", "precision", "MB", "same", "differs", "F1", "of")
    for item in manifest.formats:
        size = f"{sum(part.size for part in item.pieces) / 1e6:.1f}"
        same = f"{item.parity['same_answers']:.1%}" if item.parity else ""
        apart = f"{item.parity['max_difference']:.2g}" if item.parity else ""
        scores = (f"{item.f1[key]:.2f}" if item.f1 else "" for key in ("f1", "reference"))
        yield _ROW.format(item.file, item.precision, size, same, apart, *scores)
