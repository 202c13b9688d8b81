"""tritonqa bulk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from tritonqa.bulk.options import FORMATS, TEXT_COLUMNS, BulkOptions
from tritonqa.bulk.run import bulk as run
from tritonqa.cli.options import answer_options, as_json, reader_options, top_k
from tritonqa.cli.output import show
from tritonqa.cli.signals import ended_by_term
from tritonqa.progress import bar
from tritonqa.reader import Reader

_DEFAULT = BulkOptions()
_OPTIONS = tuple(BulkOptions.__dataclass_fields__)


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", required=True, metavar="DIR", help="Where the parts go: a folder or a URL.")
@click.option("--question-column", default=_DEFAULT.question_column, show_default=True)
@click.option("--text-column", help=f"A text, or a list of texts.  [default: {', '.join(TEXT_COLUMNS)}]")
@click.option(
    "--questions",
    type=click.Path(path_type=Path),
    help="Ask these of every row: one a line, or a table of question and field.",
)
@click.option(
    "--rows", type=int, default=_DEFAULT.rows, show_default=True, help="Rows of an input in a part."
)
@click.option("--format", type=click.Choice(FORMATS), default=_DEFAULT.format, show_default=True)
@click.option("--ray", metavar="ADDRESS", help="On the nodes of a Ray cluster; local starts one here.")
@reader_options
@top_k
@answer_options
@as_json
def bulk(
    inputs: tuple[str, ...],
    output: str,
    ray: str | None,
    as_json: bool,
    load: partial[Reader],
    **options: Any,
) -> None:
    """Answer every row of INPUT... into parts below DIR.

    Inputs are JSON lines, CSV, TSV or Parquet, also .gz, local or URLs that fsspec knows. A run that was
    ended goes on where it was with the same command; rows that can't be asked go to DIR/rejects with the
    reason.
    """
    chosen = BulkOptions(**{name: options.pop(name) for name in _OPTIONS})
    with ended_by_term(), bar("rows", rate=True) as step:
        if ray is None:
            with load() as reader:
                counts = asdict(run(reader, inputs, output, chosen, step, **options))
        else:
            from tritonqa.integrations.ray import bulk_on_ray

            (name,), loading = load.args, load.keywords
            found = bulk_on_ray(name, inputs, output, chosen, step, address=ray, loading=loading, **options)
            counts = asdict(found)
    show({"output": output, **counts}, as_json, _lines(counts, output))


def _lines(counts: Mapping[str, int], output: str) -> Iterator[str]:
    yield f"{counts['answers']} answers to {counts['rows']} rows, {counts['rejects']} rejects, in {output}"
    if counts["parts_before"]:
        yield f"{counts['parts_before']} parts were there already, {counts['parts']} are new"
